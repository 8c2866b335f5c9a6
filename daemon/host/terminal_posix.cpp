#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "daemon/host/clock.hpp"
#include "daemon/host/crash_point.hpp"
#include "daemon/host/session_times.hpp"
#include "daemon/host/size_log.hpp"
#include "daemon/host/spawn_result.hpp"
#include "daemon/host/terminal_posix.hpp"
#include "daemon/host/tty.hpp"
#include "daemon/host/usage.hpp"

namespace ptyd::host {

SpawnResult Terminal::start(const Spec& spec) {
  if (const int error = output_.create(spec.fixed.ring_capacity); error != 0)
    return spawn_result(SpawnStep::ring, error);
  // Without custody a session ends with its host.
  if (custody_.create() == 0)
    input_.create(header(), custody_.memory()->input);
  else
    input_.create(header());
  if (const int error = open_pty(spec.fixed.size, pty_); error != 0) return spawn_result(SpawnStep::pty, error);
  std::memcpy(header().session_id, spec.fixed.session_id, sizeof header().session_id);
  header().host_pid = static_cast<std::uint32_t>(::getpid());
  header().started_unix_ms = unix_ms();
  session_times(header()).started_ns = boot_ns();
  begin_sizes(header(), spec.fixed.size);

  const SpawnResult result = program_.start(spec, pty_.tty.fd());
  if (result.error != 0) return result;
  header().child_pid = result.child_pid;
  header().state.store(static_cast<std::uint32_t>(State::running), std::memory_order_release);
  return result;
}

int Terminal::take_over(TakeoverFiles& files, TakenOver& taken) {
  const Takeover& fixed = files.fixed;
  if (const int error = output_.adopt(static_cast<Descriptor&&>(files.ring)); error != 0) return error;
  if (const int error = custody_.adopt(static_cast<Descriptor&&>(files.memory)); error != 0) return error;
  if (std::memcmp(header().session_id, fixed.session_id, sizeof fixed.session_id) != 0) return EINVAL;
  CustodyMemory& memory = *custody_.memory();
  const IoCounts counts{fixed.read_bytes, fixed.written_bytes};
  const Left left = what_is_left(memory, header(), fixed.counted != 0 ? &counts : nullptr);
  if (!left.known) return EBADMSG;
  pty_.pty = static_cast<Descriptor&&>(files.terminal);
  if (::fcntl(pty(), F_SETFL, O_RDWR | O_NONBLOCK) != 0) return errno;
  const bool over = header().state.load() == static_cast<std::uint32_t>(State::exited);
  if (!over && !files.program) return EBADF;
  if (!over && !reopen_tty(pty_)) return errno;
  // In this order: whoever dies in between leaves what the next one comes to the same result with.
  output_.restore_head(left.head);
  memory.reading.store(0);
  memory.input.written.store(left.written + left.uncertain);
  memory.input.guest_written.store(left.guest_written + left.guest_uncertain);
  memory.writing.store(0);
  input_.create(header(), memory.input);
  header().host_pid = static_cast<std::uint32_t>(::getpid());
  program_.adopt(static_cast<int>(header().child_pid), over ? Descriptor() : static_cast<Descriptor&&>(files.program));
  if (!over && fixed.ended.kind != static_cast<std::uint32_t>(ExitKind::none)) program_ended(fixed.ended);
  taken.uncertain_offset = left.written;
  taken.uncertain_bytes = left.uncertain + left.guest_uncertain;
  taken.head = left.head;
  taken.output_missing = left.output_missing ? 1 : 0;
  held_ = true;
  return 0;
}

Terminal::Handles Terminal::entrust() noexcept {
  const bool keeps = can_be_replaced() && !ended();
  custody_.keep(keeps);
  held_ = false;
  if (!keeps) return {};
  return {pty_.pty.native(), custody_.memory_fd(), program_.running() ? program_.process_fd() : Descriptor::kNone};
}

void Terminal::program_ended(const ProgramEnded& end) {
  if (end.used_known != 0) tell_usage(header(), end.user_us, end.system_us, end.max_rss_bytes);
  program_.ended(end.kind == static_cast<std::uint32_t>(ExitKind::exited) ? ExitKind::exited : ExitKind::signaled,
                 end.value, header());
}

bool Terminal::must_read() const noexcept {
  return wants_to_read() && (output_.in_burst() || (!program_.running() && pty_.tty));
}

bool Terminal::read_output(bool abandoned) {
  const Output::Turn turn = output_.read(pty(), abandoned, custody_);
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
    custody_.before_write(output_.head(), piece.bytes, input_.guest_waits());
    crash_point("host_before_write");
    const ssize_t written = ::write(pty(), piece.at, piece.bytes);
    if (written > 0) {
      crash_point("host_input_written");
      count_lines(static_cast<std::size_t>(written));
    }
    const int error = written < 0 ? errno : 0;
    custody_.after_write(written > 0 ? static_cast<std::size_t>(written) : 0);
    if (written == 0 || error == EAGAIN || error == EWOULDBLOCK) break;
    if (written < 0 && error != EINTR) input_.discard();
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

InputBuffer::Taken Terminal::take_guest_input(const Input& input, const std::byte* data, std::size_t bytes,
                                              InputGap& gap) {
  const InputBuffer::Taken taken = input_.take_of_guest(input, data, bytes, gap);
  crash_point("host_guest_input_taken");
  if (taken == InputBuffer::Taken::ok) write_input();
  return taken;
}

void Terminal::resize(const Resize& size) {
  if (!ended()) set_window_size(pty(), size);
  note_resize(header(), size, output_.head());
  output_.wake_for_size();
}

int Terminal::signal(const Signal& request) {
  return program_.signal(static_cast<int>(request.number), static_cast<SignalTarget>(request.target), pty());
}

StatusReply Terminal::status() const { return tty_status(pty(), pty_.tty.fd()); }

}  // namespace ptyd::host
