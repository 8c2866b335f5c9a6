#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>

#include "daemon/hostlink/close_descriptors.hpp"

namespace ptyd {

void close_descriptors_from(int first) noexcept {
#ifdef SYS_close_range
  if (::syscall(SYS_close_range, static_cast<unsigned>(first), ~0U, 0U) == 0) return;
#endif
  // Before Linux 5.9. All ours are closed on exec anyway; this catches what a library left open.
  rlimit limit{};
  constexpr rlim_t kMost = 65536;
  const rlim_t end = ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? std::min(limit.rlim_max, kMost) : kMost;
  for (int fd = first; fd < static_cast<int>(end); ++fd) ::close(fd);
}

}  // namespace ptyd
