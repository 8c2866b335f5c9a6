#include "daemon/hostlink/children.hpp"

#include <sys/wait.h>

#include <csignal>
#ifdef __linux__
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace ptyd {

namespace {

int status_of(const siginfo_t& info) {
  if (info.si_code == CLD_EXITED) return (info.si_status & 0xff) << 8;
  return (info.si_status & 0x7f) | (info.si_code == CLD_DUMPED ? 0x80 : 0);
}

}  // namespace

#ifdef __linux__
std::optional<ProgramUsage> read_usage(std::uint32_t pid) noexcept {
  siginfo_t info{};
  rusage usage{};
  const auto child = static_cast<pid_t>(pid);
  // The C library's waitid() leaves out the last argument.
  if (::syscall(SYS_waitid, P_PID, child, &info, WEXITED | WNOHANG | WNOWAIT, &usage) != 0 || info.si_pid != child)
    return std::nullopt;
  const auto microseconds = [](const timeval& time) {
    return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000 + static_cast<std::uint64_t>(time.tv_usec);
  };
  return ProgramUsage{microseconds(usage.ru_utime), microseconds(usage.ru_stime),
                      static_cast<std::uint64_t>(usage.ru_maxrss) * 1024};
}
#else
std::optional<ProgramUsage> read_usage(std::uint32_t) noexcept { return std::nullopt; }
#endif

bool adopt_orphans() noexcept {
#ifdef __linux__
  return ::prctl(PR_SET_CHILD_SUBREAPER, 1UL, 0UL, 0UL, 0UL) == 0;
#else
  return false;
#endif
}

bool add_child_signal(boost::asio::signal_set& signals) {
  boost::system::error_code error;
  signals.add(SIGCHLD, error);
  return !error && ::raise(SIGCHLD) == 0;
}

void reap_children() {
  for (;;) {
    siginfo_t info{};
    if (::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0) return;
    // One that could not be told for want of memory is not waited for before it is.
    ChildClaim::tell(static_cast<std::uint32_t>(info.si_pid), status_of(info));
    if (::waitid(P_PID, static_cast<id_t>(info.si_pid), &info, WEXITED | WNOHANG) != 0) return;
  }
}

}  // namespace ptyd
