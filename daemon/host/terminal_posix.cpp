#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "daemon/host/clock.hpp"
#include "daemon/host/crash_point.hpp"
#include "daemon/host/size_log.hpp"
#include "daemon/host/spawn_result.hpp"
#include "daemon/host/terminal_posix.hpp"
#include "daemon/host/tty.hpp"

namespace ptyd::host {

SpawnResult Terminal::start(const Spec& spec) {
  if (const int error = output_.create(spec.fixed.ring_capacity); error != 0)
    return spawn_result(SpawnStep::ring, error);
  input_.create(header());
  if (const int error = open_pty(spec.fixed.size, pty_); error != 0) return spawn_result(SpawnStep::pty, error);
  std::memcpy(header().session_id, spec.fixed.session_id, sizeof header().session_id);
  header().host_pid = static_cast<std::uint32_t>(::getpid());
  header().started_unix_ms = unix_ms();
  begin_sizes(header(), spec.fixed.size);

  const SpawnResult result = program_.start(spec, pty_.tty.fd());
  if (result.error != 0) return result;
  header().child_pid = result.child_pid;
  header().state.store(static_cast<std::uint32_t>(State::running), std::memory_order_release);
  return result;
}

bool Terminal::must_read() const noexcept {
  return wants_to_read() && (output_.in_burst() || (!program_.running() && pty_.tty));
}

bool Terminal::read_output(bool abandoned) {
  const Output::Turn turn = output_.read(pty(), abandoned);
  // From here on whoever else has the tty open keeps the output going, and the last to close it ends it.
  if (turn == Output::Turn::drained && !program_.running()) pty_.tty.reset();
  if (turn != Output::Turn::hung_up) return false;
  if (program_.running() && reopen_tty(pty_)) return false;
  pty_.tty.reset();
  pty_.pty.reset();
  header().stream_ended.store(1);
  write_input();  // nobody will read it: counts as written
  return true;
}

void Terminal::write_input() {
  while (wants_to_write()) {
    const InputBuffer::Piece piece = input_.front();
    const ssize_t written = ::write(pty(), piece.at, piece.bytes);
    if (written > 0) {
      crash_point("host_input_written");
      count_lines(static_cast<std::size_t>(written));
    } else if (written == 0 || errno == EAGAIN || errno == EWOULDBLOCK) {
      break;
    } else if (errno != EINTR) {
      input_.discard();
    }
  }
  if (ended()) input_.discard();
  input_.publish();
  output_.wake_for_input();
}

void Terminal::count_lines(std::size_t written) {
  const std::uint64_t lines = input_.wrote(written, line_limit());
  if (lines == 0) return;
  if (in_line_mode(pty())) {
    input_.count_long_lines(lines);
  } else {
    input_.forget_line();
  }
}

InputBuffer::Taken Terminal::take_input(const Input& input, const std::byte* data, std::size_t bytes, InputGap& gap) {
  const InputBuffer::Taken taken = input_.take(input, data, bytes, gap);
  crash_point("host_input_taken");
  if (taken == InputBuffer::Taken::ok) write_input();
  return taken;
}

void Terminal::resize(const Resize& size) {
  if (!ended()) set_window_size(pty(), size);
  note_resize(header(), size, output_.head());
}

int Terminal::signal(const Signal& request) {
  return program_.signal(static_cast<int>(request.number), static_cast<SignalTarget>(request.target), pty());
}

StatusReply Terminal::status() const { return tty_status(pty(), pty_.tty.fd()); }

}  // namespace ptyd::host
