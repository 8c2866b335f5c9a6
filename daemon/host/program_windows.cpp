#include "daemon/host/program_windows.hpp"

#include "daemon/host/clock.hpp"
#include "daemon/host/crash_point.hpp"
#include "daemon/host/session_times.hpp"
#include "daemon/host/usage_windows.hpp"

namespace ptyd::host {

namespace {

constexpr UINT kKilled = 1;  // exit code of what was ended by force

}  // namespace

SpawnResult Program::start(const Spec& spec, ConsoleHandle console) noexcept {
  const SpawnResult result = start_child(spec, console, child_);
  running_ = result.error == 0;
  return result;
}

bool Program::reap(RingHeader& header) noexcept {
  // Whether it has ended is not asked of the exit code: each value of that may be a program's own.
  if (!running_ || ::WaitForSingleObject(event(), 0) != WAIT_OBJECT_0) return false;
  DWORD code = 0;
  const bool known = ::GetExitCodeProcess(event(), &code) != 0;
  header.exit_kind = static_cast<std::uint32_t>(known ? ExitKind::exited : ExitKind::unknown);
  header.exit_value = code;
  header.exit_unix_ms = unix_ms();
  session_times(header).ended_ns = boot_ns();
  tell_usage_of(event(), handle_of(child_.job), header);
  header.state.store(static_cast<std::uint32_t>(State::exited), std::memory_order_release);
  running_ = false;
  crash_point("host_exit_recorded");
  return true;
}

int Program::kill() noexcept { return ::TerminateProcess(event(), kKilled) != 0 ? 0 : last_error(); }

void Program::terminate() noexcept { ::TerminateJobObject(handle_of(child_.job), kKilled); }

}  // namespace ptyd::host
