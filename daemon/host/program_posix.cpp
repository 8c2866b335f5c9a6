#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "daemon/host/clock.hpp"
#include "daemon/host/crash_point.hpp"
#include "daemon/host/os.hpp"
#include "daemon/host/process_tree.hpp"
#include "daemon/host/program_posix.hpp"
#include "daemon/host/session_times.hpp"
#include "daemon/host/tty.hpp"
#include "daemon/host/usage_posix.hpp"

namespace ptyd::host {

namespace {

constexpr std::uint64_t kUntoldNs = 1'000'000'000;

int processes[kMaxProcesses];  // too large for a stack; its pages are used only when somebody asks

void record(ExitKind kind, std::uint32_t value, RingHeader& header) {
  header.exit_kind = static_cast<std::uint32_t>(kind);
  header.exit_value = value;
  header.exit_unix_ms = unix_ms();
  session_times(header).ended_ns = boot_ns();
  header.state.store(static_cast<std::uint32_t>(State::exited), std::memory_order_release);
}

void record(const siginfo_t& info, RingHeader& header) {
  const auto value = static_cast<std::uint32_t>(info.si_status);
  if (info.si_code == CLD_EXITED) return record(ExitKind::exited, value, header);
  record(ExitKind::signaled, value | (info.si_code == CLD_DUMPED ? 0x100U : 0U), header);
}

}  // namespace

int Program::watch_children() {
  children_fd_ = host::watch_children();
  return children_fd_ < 0 ? errno : 0;
}

void Program::adopt(int pid, Descriptor process) {
  pid_ = pid;
  process_ = static_cast<Descriptor&&>(process);
  running_ = static_cast<bool>(process_);
  adopted_ = true;
}

void Program::ended(ExitKind kind, std::uint32_t value, RingHeader& header) {
  if (!adopted()) return;
  running_ = false;
  record(kind, value, header);
  crash_point("host_exit_recorded");
}

// Its parent, which waits for it, is somebody else: a daemon that has told us the status by then, or the system.
bool Program::look_at_adopted(RingHeader& header, bool will_be_told) {
  int status = 0;
  switch (end_of_process(process_, status)) {
    case Ended::not_yet: return false;
    case Ended::known:
      if (WIFEXITED(status)) {
        ended(ExitKind::exited, static_cast<std::uint32_t>(WEXITSTATUS(status)), header);
      } else {
        const auto number = static_cast<std::uint32_t>(WTERMSIG(status));
        ended(ExitKind::signaled, number | (WCOREDUMP(status) ? 0x100U : 0U), header);
      }
      return true;
    case Ended::unknown:
      // The daemon has told it before it was gone, but maybe after we have looked for messages.
      if (untold_until_ns_ == 0) untold_until_ns_ = monotonic_ns() + kUntoldNs;
      if (will_be_told && monotonic_ns() < untold_until_ns_) return false;
      ended(ExitKind::unknown, 0, header);
      return true;
  }
  return false;
}

SpawnResult Program::start(const Spec& spec, int tty) {
  const SpawnResult result = start_child(spec, tty);
  if (result.error != 0) return result;
  pid_ = static_cast<int>(result.child_pid);
  process_ = open_process(pid_);
  running_ = true;
  return result;
}

bool Program::reap(RingHeader& header, bool will_be_told) {
  take_children_news(children_fd_);
  bool ended = false;
  if (adopted()) {
    leaving_ = true;
    ended = look_at_adopted(header, will_be_told);
  }
  for (;;) {
    siginfo_t info{};
    if (::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0) break;
    const bool program = info.si_pid == pid_ && running_ && !adopted_;
    if (program) {
      tell_usage_before_reaping(pid_, header);
      record(info, header);
      running_ = false;
      ended = true;
      crash_point("host_exit_recorded");
    }
    if (!reap_child(info.si_pid, program ? &header : nullptr)) break;
  }
  if (terminating_) signal_tree(SIGKILL);
  return ended;
}

std::size_t Program::list_session(int* pids, std::size_t most) const {
  return adopted_ ? list_terminal_session(pid_, pids, most) : list_descendants(pids, most);
}

int Program::signal(int number, SignalTarget target, int pty) {
  switch (target) {
    case SignalTarget::leader: return running_ ? signal_process(process_, pid_, number) : ESRCH;
    case SignalTarget::group: return signal_group(number);
    case SignalTarget::foreground: {
      const int group = pty >= 0 ? foreground_group(pty) : 0;
      if (group == 0) return ESRCH;
      return signal_foreground(pty, number) || ::kill(-group, number) == 0 ? 0 : errno;
    }
    case SignalTarget::tree: return signal_tree(number);
  }
  return EINVAL;
}

int Program::signal_group(int number) {
  // The group's number is the program's: once that is reaped, it is ours only while a descendant bears it.
  bool ours = running_;
  if (!ours) {
    const std::size_t count = list_session(processes, kMaxProcesses);
    for (std::size_t i = 0; i < count && !ours; ++i) ours = ::getpgid(processes[i]) == pid_;
  }
  if (!ours) return ESRCH;
  if (running_) return signal_process_group(process_, pid_, number);
  return ::kill(-pid_, number) == 0 ? 0 : errno;
}

int Program::signal_tree(int number) {
  const std::size_t count = list_session(processes, kMaxProcesses);
  int error = ESRCH;
  // Also where the descendants can't be listed, the program and its group are reached.
  if (count == 0 && running_) error = signal_process_group(process_, pid_, number);
  for (std::size_t i = 0; i < count; ++i)
    if (::kill(processes[i], number) == 0) {
      error = 0;
    } else if (error != 0 && errno != ESRCH) {
      error = errno;
    }
  return error;
}

void Program::terminate() {
  terminating_ = true;
  signal_tree(SIGKILL);
}

}  // namespace ptyd::host
