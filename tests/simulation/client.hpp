// A client: types, reads, grants, goes and comes back, and knows what it must be told.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "tests/simulation/daemon.hpp"

namespace ptyd::simulation {

// The byte number `offset` of what this client types: says whose it is, and where it belongs.
char typed_byte(std::uint64_t client, std::uint64_t offset) noexcept;
std::uint64_t typist_of(char byte) noexcept;

class Client {
 public:
  Client(std::uint64_t number, FlowPolicy flow, Random& random);

  std::uint64_t number() const { return number_; }
  FlowPolicy flow() const { return flow_; }
  bool connected() const { return link_ != nullptr; }
  ClientLink* link() { return link_.get(); }
  bool attached() const { return attached_; }

  // Asks to be attached, where it was before if it was.
  std::shared_ptr<ClientLink> connect();
  // Hangs up.
  void disconnect();

  void grant(std::uint64_t bytes);
  void type(std::uint64_t bytes);
  // Sends what it has typed, as far as it may.
  void send();
  void resize(WindowSize size);
  void claim(std::uint64_t ms, bool steal);
  void release();
  // For the end of the program, once at a time.
  void wait_for_end();

  // Reads at most so many bytes of its socket. `output` is all that the program has written. False: there was nothing.
  bool read(std::size_t bytes, const std::string& output);

  std::uint64_t next() const { return next_; }
  bool has_seen() const { return seen_; }  // a byte, or a screen: next() is known
  std::uint64_t typed() const { return typed_; }
  std::uint64_t ever_sent() const { return ever_sent_; }
  std::uint64_t acknowledged() const { return acknowledged_; }
  std::uint64_t granted() const { return granted_; }
  std::uint64_t left_at() const { return left_at_; }
  // Went by itself, so that nobody holds anything for it: what was in its socket is gone.
  bool left() const { return left_; }
  // Output may be left out.
  bool may_miss = false;
  bool program_over = false;
  std::uint64_t gaps = 0;
  std::uint64_t resumed = 0;
  bool waits() const { return waits_; }
  std::uint64_t waited = 0;       // for the end, and was told of it
  std::uint64_t told_of_end = 0;  // of the program

 private:
  void take(const Frame& frame, const std::string& output);
  void take_item(const Frame& frame, const std::string& output);
  void lose();
  void post(Request request);

  std::uint64_t number_;
  FlowPolicy flow_;
  Random& random_;
  InputStreamId stream_;
  std::shared_ptr<ClientLink> link_;
  bool attached_ = false;
  bool left_ = true;
  bool seen_ = false;
  bool in_snapshot_ = false;
  bool after_gap_ = false;
  bool waits_ = false;
  bool over_ = false;   // was told of the end, and waits for an answer
  bool fresh_ = false;  // a screen has to come first
  std::uint64_t next_ = 0;
  std::uint64_t typed_ = 0;
  std::uint64_t sent_ = 0;
  std::uint64_t ever_sent_ = 0;
  std::uint64_t acknowledged_ = 0;
  std::uint64_t limit_ = 0;
  std::uint64_t granted_ = 0;
  std::uint64_t left_at_ = 0;
};

}  // namespace ptyd::simulation
