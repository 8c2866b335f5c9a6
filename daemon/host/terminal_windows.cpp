#include "daemon/host/terminal_windows.hpp"

#include <cstring>
#include <limits>

#include "daemon/host/clock.hpp"
#include "daemon/host/crash_point.hpp"
#include "daemon/host/resize_helper_windows.hpp"
#include "daemon/host/session_times.hpp"
#include "daemon/host/size_log.hpp"
#include "daemon/host/spawn_result.hpp"

namespace ptyd::host {

namespace {

constexpr std::uint64_t kHangUpNs = 2'000'000'000;  // for programs to go, before they are ended
constexpr std::size_t kNoLineLimit = std::numeric_limits<std::size_t>::max();
constexpr char kInterrupt = 3;  // Ctrl-C as it is typed

// As POSIX numbers them.
constexpr std::uint32_t kHup = 1;
constexpr std::uint32_t kInt = 2;
constexpr std::uint32_t kKill = 9;
constexpr std::uint32_t kTerm = 15;

}  // namespace

SpawnResult Terminal::start(const Spec& spec) {
  if (const int error = output_.create(spec.fixed.ring_capacity); error != 0)
    return spawn_result(SpawnStep::ring, error);
  input_.create(header());
  if (const int error = writing_.create(); error != 0) return spawn_result(SpawnStep::pty, error);
  if (const int error = console_.open(spec.fixed.size); error != 0) return spawn_result(SpawnStep::pty, error);
  std::memcpy(header().session_id, spec.fixed.session_id, sizeof header().session_id);
  header().host_pid = ::GetCurrentProcessId();
  header().started_unix_ms = unix_ms();
  session_times(header()).started_ns = boot_ns();
  begin_sizes(header(), spec.fixed.size);

  SpawnResult result = program_.start(spec, console_.handle());
  if (result.error != 0) return result;
  if (console_.passed_over_bundle()) result.step = static_cast<std::uint32_t>(SpawnStep::pty);
  releases_ = console_.program_started();
  header().child_pid = result.child_pid;
  header().state.store(static_cast<std::uint32_t>(State::running), std::memory_order_release);
  output_.start(console_.output());
  return result;
}

// The console ends with its last program where the system can do that; else we end it, and with it what is still in it.
bool Terminal::reap() {
  if (!program_.reap(header())) return false;
  end_input();
  if (!releases_) console_.begin_close();
  return true;
}

bool Terminal::move_output(bool abandoned) {
  if (!output_closed_) output_closed_ = output_.move(abandoned) == Output::Turn::ended;
  if (!output_closed_ || ended_) return false;
  if (program_.running()) {
    give_time();  // it is about to end, or its console's host is gone, and nothing that it does can be seen
    return false;
  }
  ended_ = true;
  hang_up_end_ns_ = 0;
  end_input();
  console_.begin_close();
  header().stream_ended.store(1);
  write_input();  // nobody will read it: counts as written
  return true;
}

void Terminal::end_input() {
  writing_.stop();
  input_ended_ = true;
  console_.close_input();
}

void Terminal::write_input() {
  while (finish_write() && begin_write()) {
  }
  if (input_ended_) input_.discard();
  input_.publish();
  output_.wake_for_input();
}

// False while the last is not done.
bool Terminal::finish_write() {
  if (!writing_.pending()) return true;
  const Outcome outcome = writing_.take();
  if (outcome.kind == Outcome::Kind::pending) return false;
  if (outcome.kind != Outcome::Kind::done) {
    input_ended_ = true;
  } else if (interrupting_) {
    --interrupts_;
  } else {
    crash_point("host_input_written");
    input_.wrote(outcome.bytes, kNoLineLimit);
  }
  interrupting_ = false;
  return true;
}

// False when there is nothing to write.
bool Terminal::begin_write() {
  if (input_ended_) return false;
  interrupting_ = input_.empty() && interrupts_ > 0;
  if (interrupting_) {
    writing_.write(console_.input(), &kInterrupt, 1);
    return true;
  }
  if (input_.empty()) return false;
  const InputBuffer::Piece piece = input_.front();
  writing_.write(console_.input(), piece.at, static_cast<DWORD>(piece.bytes));
  return true;
}

InputBuffer::Taken Terminal::take_input(const Input& input, const std::byte* data, std::size_t bytes, InputGap& gap) {
  const InputBuffer::Taken taken = input_.take(input, data, bytes, gap);
  crash_point("host_input_taken");
  if (taken == InputBuffer::Taken::ok) {
    output_.typed();
    write_input();
  }
  return taken;
}

InputBuffer::Taken Terminal::take_guest_input(const Input& input, const std::byte* data, std::size_t bytes,
                                              InputGap& gap) {
  const InputBuffer::Taken taken = input_.take_of_guest(input, data, bytes, gap);
  crash_point("host_guest_input_taken");
  if (taken == InputBuffer::Taken::ok) {
    output_.typed();
    write_input();
  }
  return taken;
}

void Terminal::resize(const Resize& size) {
  if (program_.running()) resize_by_helper(console_.resize(size), header().child_pid, size);
  note_resize(header(), size, output_.head());
  output_.wake_for_size();
}

int Terminal::signal(const Signal& request) {
  switch (static_cast<SignalTarget>(request.target)) {
    case SignalTarget::leader: return signal_leader(request.number);
    case SignalTarget::group:
    case SignalTarget::foreground: return request.number == kInt ? interrupt() : ERROR_NOT_SUPPORTED;
    case SignalTarget::tree:
      if (request.number != kKill) return ERROR_NOT_SUPPORTED;
      program_.terminate();
      return 0;
  }
  return ERROR_INVALID_PARAMETER;
}

int Terminal::signal_leader(std::uint32_t number) {
  if (!program_.running()) return ERROR_NOT_FOUND;
  switch (number) {
    case kKill: return program_.kill();
    case kInt: return interrupt();
    case kHup:
    case kTerm: return hang_up();
    default: return ERROR_NOT_SUPPORTED;
  }
}

// Only the console knows who is to get it.
int Terminal::interrupt() {
  if (input_ended_) return ERROR_NOT_FOUND;
  ++interrupts_;
  write_input();
  return 0;
}

int Terminal::hang_up() {
  end_input();
  write_input();
  console_.begin_close();
  give_time();
  return 0;
}

void Terminal::give_time() {
  if (hang_up_end_ns_ == 0) hang_up_end_ns_ = monotonic_ns() + kHangUpNs;
}

void Terminal::end_hung_up() {
  if (hang_up_end_ns_ == 0 || monotonic_ns() < hang_up_end_ns_) return;
  hang_up_end_ns_ = 0;
  program_.terminate();
}

}  // namespace ptyd::host
