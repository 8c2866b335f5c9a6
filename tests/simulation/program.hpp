// The session's program: what it has written, and what it may have read.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tests/simulation/kernel.hpp"

namespace ptyd::simulation {

// Which bytes of each typist must come, and in which order. What a lease kept from being typed must not; of what a
// daemon refused before it died nobody knows.
class TypedCheck {
 public:
  static constexpr std::size_t kTypists = 4;

  // It came back, and sends again from `accepted` on what it has sent up to `sent`.
  void begins(std::uint64_t typist, std::uint64_t accepted, std::uint64_t sent);
  void refused(std::uint64_t typist, std::uint64_t from, std::uint64_t to);
  void read(char byte);
  // All that this one has typed was read.
  bool complete(std::uint64_t typist, std::uint64_t typed) const;
  std::uint64_t count() const { return count_; }

 private:
  struct Range {
    std::uint64_t end = 0;
    bool certain = true;
  };
  struct Typist {
    std::vector<std::uint64_t> places{0};  // the byte that comes next is at one of them
    std::map<std::uint64_t, Range> refused;
    std::uint64_t unsure_below = 0;  // it may be on its way from before
  };
  static bool too_unsure(const Typist& typist);
  static std::vector<std::uint64_t> places_of(const Typist& typist);

  std::array<Typist, kTypists> typists_;
  std::uint64_t count_ = 0;
};

class Program {
 public:
  Program(Pty& pty, Random& random) : pty_(pty), random_(random) {}

  // Text, colours, movements. No more than the terminal takes.
  void write(std::size_t bytes);
  void read(std::size_t bytes);
  // Ends in some manner; what it wrote last is still to be read.
  void end(Kernel& kernel);
  bool over() const { return over_; }

  const std::string& output() const { return output_; }
  TypedCheck& typed() { return typed_; }

 private:
  std::string piece();

  Pty& pty_;
  Random& random_;
  std::string output_;
  std::string unwritten_;
  bool over_ = false;
  TypedCheck typed_;
};

}  // namespace ptyd::simulation
