#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "daemon/host/clock.hpp"
#include "daemon/host/crash_point.hpp"
#include "daemon/host/os.hpp"
#include "daemon/host/process_tree.hpp"
#include "daemon/host/program_posix.hpp"
#include "daemon/host/tty.hpp"
#include "daemon/host/usage_posix.hpp"

namespace ptyd::host {

namespace {

int children_ended[2] = {-1, -1};
int processes[kMaxProcesses];  // too large for a stack; its pages are used only when somebody asks

void on_child(int) {
  const int error = errno;
  const char byte = 0;
  static_cast<void>(::write(children_ended[1], &byte, 1) == 0);
  errno = error;
}

void record(const siginfo_t& info, RingHeader& header) {
  const auto value = static_cast<std::uint32_t>(info.si_status);
  const bool exited = info.si_code == CLD_EXITED;
  const bool dumped = info.si_code == CLD_DUMPED;
  header.exit_kind = static_cast<std::uint32_t>(exited ? ExitKind::exited : ExitKind::signaled);
  header.exit_value = exited ? value : value | (dumped ? 0x100U : 0U);
  header.exit_unix_ms = unix_ms();
  header.state.store(static_cast<std::uint32_t>(State::exited), std::memory_order_release);
}

}  // namespace

int Program::watch_children() {
  if (::pipe(children_ended) != 0) return -1;
  for (const int fd : children_ended)
    if (::fcntl(fd, F_SETFD, FD_CLOEXEC) != 0 || ::fcntl(fd, F_SETFL, O_NONBLOCK) != 0) return -1;
  struct sigaction action {};
  action.sa_handler = on_child;
  action.sa_flags = SA_RESTART | SA_NOCLDSTOP;
  return ::sigaction(SIGCHLD, &action, nullptr) == 0 ? children_ended[0] : -1;
}

SpawnResult Program::start(const Spec& spec, int tty) {
  const SpawnResult result = start_child(spec, tty);
  if (result.error != 0) return result;
  pid_ = static_cast<int>(result.child_pid);
  process_ = open_process(pid_);
  running_ = true;
  return result;
}

bool Program::reap(RingHeader& header) {
  char bytes[64];
  while (::read(children_ended[0], bytes, sizeof bytes) == sizeof bytes) {
  }
  bool ended = false;
  for (;;) {
    siginfo_t info{};
    if (::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0) break;
    const bool program = info.si_pid == pid_ && running_;
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
    const std::size_t count = list_descendants(processes, kMaxProcesses);
    for (std::size_t i = 0; i < count && !ours; ++i) ours = ::getpgid(processes[i]) == pid_;
  }
  if (!ours) return ESRCH;
  return ::kill(-pid_, number) == 0 ? 0 : errno;
}

int Program::signal_tree(int number) {
  const std::size_t count = list_descendants(processes, kMaxProcesses);
  int error = ESRCH;
  // Also where the descendants can't be listed, the program and its group are reached.
  if (count == 0 && running_) error = ::kill(-pid_, number) == 0 ? 0 : errno;
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
