#include "daemon/keep_descriptors.hpp"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <set>

namespace ptyd {

namespace {

constexpr int kFirst = STDERR_FILENO + 1;

void close_all_on_exec() noexcept {
#ifdef SYS_close_range
  constexpr unsigned kCloseOnExec = 1U << 2;  // CLOSE_RANGE_CLOEXEC, Linux 5.11
  if (::syscall(SYS_close_range, static_cast<unsigned>(kFirst), ~0U, kCloseOnExec) == 0) return;
#endif
  // Ours are closed on exec anyway; this is for what a library left open.
  const int end = std::min(::getdtablesize(), 65536);
  for (int fd = kFirst; fd < end; ++fd) ::fcntl(fd, F_SETFD, FD_CLOEXEC);
}

}  // namespace

void keep_only(const std::vector<int>& kept) noexcept {
  close_all_on_exec();
  for (const int fd : kept) ::fcntl(fd, F_SETFD, 0);
}

Result<void> close_on_exec(const std::vector<int>& descriptors) {
  std::set<int> seen;
  for (const int fd : descriptors)
    if (fd < kFirst || !seen.insert(fd).second || ::fcntl(fd, F_SETFD, FD_CLOEXEC) != 0)
      return Error{errc::malformed, "the daemon's state names a descriptor that is not there: " + std::to_string(fd)};
  return {};
}

}  // namespace ptyd
