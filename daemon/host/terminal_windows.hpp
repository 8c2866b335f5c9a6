// The console, its program and what goes through between them: all of a host but its connections. Windows only.
#pragma once

#include <cstdint>

#include "daemon/host/console_windows.hpp"
#include "daemon/host/input_buffer.hpp"
#include "daemon/host/output_windows.hpp"
#include "daemon/host/program_windows.hpp"

namespace ptyd::host {

class Terminal {
 public:
  // Makes ring and console and starts the program.
  SpawnResult start(const Spec& spec);

  Output& output() noexcept { return output_; }
  const Output& output() const noexcept { return output_; }
  Program& program() noexcept { return program_; }
  RingHeader& header() noexcept { return output_.header(); }
  bool ended() const noexcept { return ended_; }  // no more output will come

  // What the loop has to wait for; null where there is nothing.
  HANDLE program_event() const noexcept { return program_.running() ? program_.event() : nullptr; }
  HANDLE output_event() const noexcept { return ended_ || output_.at_floor() ? nullptr : output_.event(); }
  HANDLE input_event() const noexcept { return writing_.event(); }
  bool must_move() const noexcept { return !ended_ && output_.must_move(); }
  // When the loop has to call end_hung_up(); 0: never.
  std::uint64_t hang_up_end_ns() const noexcept { return hang_up_end_ns_; }

  // True when the program has just ended.
  bool reap();
  // True when the output has just ended, which it does after the program.
  bool move_output(bool abandoned);
  void write_input();
  // Ends by force what did not go by itself, in its time, when its console was closed.
  void end_hung_up();

  // gap: `gap` is to be sent. refused: the daemon broke the rules.
  InputBuffer::Taken take_input(const Input& input, const std::byte* data, std::size_t bytes, InputGap& gap);
  // The same for a guest. gap also when something else waits to be written.
  InputBuffer::Taken take_guest_input(const Input& input, const std::byte* data, std::size_t bytes, InputGap& gap);
  std::uint64_t input_accepted(const std::uint8_t (&stream)[16]) noexcept { return input_.accepted(stream); }
  InputBuffer::Taken skip_input(const Skip& skip, InputGap& gap) { return input_.skip(skip, gap); }
  void resize(const Resize& size);
  // Numbers are those of POSIX. 0, or an error: ERROR_NOT_SUPPORTED for what Windows has nothing like.
  int signal(const Signal& request);
  // A pseudoconsole can't be handed to another process: nothing is handed over, and no program is adopted.
  struct Handles {
    Descriptor::Native terminal = Descriptor::kNone;
    Descriptor::Native memory = Descriptor::kNone;
    Descriptor::Native program = Descriptor::kNone;
  };
  Handles entrust() noexcept { return {}; }
  void end_custody() noexcept {}
  void program_ended(const ProgramEnded&) noexcept {}
  StatusReply status() const { return StatusReply{}; }  // no program outside a console can ask it

 private:
  int signal_leader(std::uint32_t number);
  int interrupt();
  int hang_up();
  void give_time();
  bool begin_write();
  bool finish_write();
  void end_input();

  Output output_;
  Console console_;
  Program program_;
  InputBuffer input_;
  std::uint64_t hang_up_end_ns_ = 0;
  std::uint32_t interrupts_ = 0;  // to be typed
  bool releases_ = false;
  bool input_ended_ = false;
  bool interrupting_ = false;  // that is what is being written
  bool output_closed_ = false;
  bool ended_ = false;
  Operation writing_;  // last: it ends before the buffer does
};

}  // namespace ptyd::host
