// The pty, its program and what goes through between them: all of a host but its connections.
#pragma once

#include <cstdint>

#include "daemon/host/custody.hpp"
#include "daemon/host/input_buffer.hpp"
#include "daemon/host/output_posix.hpp"
#include "daemon/host/program_posix.hpp"
#include "daemon/host/pty.hpp"
#include "daemon/host/spec.hpp"
#include "daemon/host/takeover.hpp"

namespace ptyd::host {

class Terminal {
 public:
  // Makes ring and pty and starts the program.
  SpawnResult start(const Spec& spec);
  // Goes on where a dead host was, once go_on() is called. 0, or an errno.
  int take_over(TakeoverFiles& files, TakenOver& taken);
  void go_on() noexcept {
    held_ = false;
    end_custody();
  }
  bool held() const noexcept { return held_; }
  bool program_leaving() const noexcept { return program_.leaving(); }
  // By another host, which needs the program's process.
  bool can_be_replaced() noexcept { return custody_.memory() != nullptr && program_.has_pidfd(); }
  // What another host needs. How far this one is, is kept from then on.
  struct Handles {
    Descriptor::Native terminal = Descriptor::kNone;
    Descriptor::Native memory = Descriptor::kNone;
    Descriptor::Native program = Descriptor::kNone;
  };
  Handles entrust() noexcept;
  // Nobody sees the counts any more. What is held is still as the dead host left it.
  void end_custody() noexcept {
    if (!held_) custody_.keep(false);
  }

  Output& output() noexcept { return output_; }
  const Output& output() const noexcept { return output_; }
  Program& program() noexcept { return program_; }
  RingHeader& header() noexcept { return output_.header(); }
  int pty() const noexcept { return pty_.pty.fd(); }
  bool ended() const noexcept { return !pty_.pty; }  // no more output will come

  // What the loop has to wait for at the pty.
  bool wants_to_read() const noexcept { return !ended() && !held_ && !output_.at_floor(); }
  bool wants_to_write() const noexcept { return !ended() && !held_ && !input_.empty(); }
  // Read without waiting: in a burst, or to find out whether all is read that the program left.
  bool must_read() const noexcept;

  // True when the program has just ended. `daemon`: there is one, or will be.
  bool reap(bool daemon) { return program_.reap(header(), daemon); }
  // The status of an adopted one.
  void program_ended(const ProgramEnded& end);
  // True when the output has just ended.
  bool read_output(bool abandoned);
  void write_input();

  // gap: `gap` is to be sent. refused: the daemon broke the rules.
  InputBuffer::Taken take_input(const Input& input, const std::byte* data, std::size_t bytes, InputGap& gap);
  // The same for a guest. gap also when something else waits to be written.
  InputBuffer::Taken take_guest_input(const Input& input, const std::byte* data, std::size_t bytes, InputGap& gap);
  std::uint64_t input_accepted(const std::uint8_t (&stream)[16]) noexcept { return input_.accepted(stream); }
  InputBuffer::Taken skip_input(const Skip& skip, InputGap& gap) { return input_.skip(skip, gap); }
  void resize(const Resize& size);
  int signal(const Signal& request);
  StatusReply status() const;

 private:
  void count_lines(std::size_t written);

  Custody custody_;
  bool held_ = false;
  Output output_;
  Program program_;
  Pty pty_;
  InputBuffer input_;
};

}  // namespace ptyd::host
