#include <sys/types.h>
#include <unistd.h>
#ifdef __APPLE__
#include <libproc.h>
#endif
#ifdef __FreeBSD__
#include <sys/procctl.h>
#endif

#include "daemon/host/process_tree.hpp"

namespace ptyd::host {

#if defined(__FreeBSD__)

std::size_t list_descendants(int* pids, std::size_t most) {
  static procctl_reaper_pidinfo found[kMaxProcesses];
  procctl_reaper_pids request{};
  request.rp_count = kMaxProcesses;
  request.rp_pids = found;
  if (::procctl(P_PID, ::getpid(), PROC_REAP_GETPIDS, &request) != 0) return 0;
  std::size_t count = 0;
  for (std::size_t i = 0; i < kMaxProcesses && (found[i].pi_flags & REAPER_PIDINFO_VALID) != 0; ++i)
    if (count < most) pids[count++] = found[i].pi_pid;
  return count;
}

#elif defined(__APPLE__)

namespace {

std::size_t add_children(int pid, int* pids, std::size_t most) {
  const int count = ::proc_listchildpids(pid, pids, static_cast<int>(most * sizeof *pids));
  return count > 0 && static_cast<std::size_t>(count) <= most ? static_cast<std::size_t>(count) : 0;
}

}  // namespace

std::size_t list_descendants(int* pids, std::size_t most) {
  std::size_t count = add_children(::getpid(), pids, most);
  for (std::size_t i = 0; i < count; ++i) count += add_children(pids[i], pids + count, most - count);
  return count;
}

#else

// No way to ask: callers reach the program and its groups only.
std::size_t list_descendants(int*, std::size_t) { return 0; }

#endif

std::size_t list_terminal_session(int, int*, std::size_t) { return 0; }

}  // namespace ptyd::host
