#include "daemon/host/usage_posix.hpp"

#include <sys/resource.h>
#include <sys/wait.h>
#ifdef __linux__
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

#include "daemon/host/usage.hpp"

namespace ptyd::host {

namespace {

#ifdef __APPLE__
constexpr std::uint64_t kRssUnit = 1;
#else
constexpr std::uint64_t kRssUnit = 1024;
#endif

std::uint64_t microseconds(const timeval& time) {
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000 + static_cast<std::uint64_t>(time.tv_usec);
}

void tell(RingHeader& header, const rusage& usage) {
  tell_usage(header, microseconds(usage.ru_utime), microseconds(usage.ru_stime),
             static_cast<std::uint64_t>(usage.ru_maxrss) * kRssUnit);
}

}  // namespace

#ifdef __linux__
void tell_usage_before_reaping(int pid, RingHeader& header) {
  siginfo_t info{};
  rusage usage{};
  // The C library's waitid() leaves out the last argument.
  if (::syscall(SYS_waitid, P_PID, pid, &info, WEXITED | WNOHANG | WNOWAIT, &usage) == 0 && info.si_pid == pid)
    tell(header, usage);
}
#else
void tell_usage_before_reaping(int, RingHeader&) {}
#endif

bool reap_child(int pid, RingHeader* header) {
  rusage usage{};
  if (::wait4(pid, nullptr, WNOHANG, &usage) != pid) return false;
  if (header != nullptr) tell(*header, usage);
  return true;
}

}  // namespace ptyd::host
