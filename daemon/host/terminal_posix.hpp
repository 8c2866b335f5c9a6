// The pty, its program and what goes through between them: all of a host but its connections.
#pragma once

#include <cstdint>

#include "daemon/host/input_buffer.hpp"
#include "daemon/host/output_posix.hpp"
#include "daemon/host/program_posix.hpp"
#include "daemon/host/pty.hpp"
#include "daemon/host/spec.hpp"

namespace ptyd::host {

class Terminal {
 public:
  // Makes ring and pty and starts the program.
  SpawnResult start(const Spec& spec);

  Output& output() noexcept { return output_; }
  const Output& output() const noexcept { return output_; }
  Program& program() noexcept { return program_; }
  RingHeader& header() noexcept { return output_.header(); }
  int pty() const noexcept { return pty_.pty.fd(); }
  bool ended() const noexcept { return !pty_.pty; }  // no more output will come

  // What the loop has to wait for at the pty.
  bool wants_to_read() const noexcept { return !ended() && !output_.at_floor(); }
  bool wants_to_write() const noexcept { return !ended() && !input_.empty(); }
  // Read without waiting: in a burst, or to find out whether all is read that the program left.
  bool must_read() const noexcept;

  // True when the program has just ended.
  bool reap() { return program_.reap(header()); }
  // True when the output has just ended.
  bool read_output(bool abandoned);
  void write_input();

  // gap: `gap` is to be sent. refused: the daemon broke the rules.
  InputBuffer::Taken take_input(const Input& input, const std::byte* data, std::size_t bytes, InputGap& gap);
  InputBuffer::Taken skip_input(const Skip& skip, InputGap& gap) { return input_.skip(skip, gap); }
  void resize(const Resize& size);
  int signal(const Signal& request);
  StatusReply status() const;

 private:
  void count_lines(std::size_t written);

  Output output_;
  Program program_;
  Pty pty_;
  InputBuffer input_;
};

}  // namespace ptyd::host
