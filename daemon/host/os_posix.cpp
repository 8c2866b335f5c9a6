#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>
#ifdef __FreeBSD__
#include <sys/procctl.h>
#endif

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "daemon/host/os.hpp"

namespace ptyd::host {

namespace {

bool set_flags(int fd) {
  return ::fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 && ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK) == 0;
}

}  // namespace

Descriptor create_shared_memory(std::uint64_t bytes) {
  // Short: macOS allows 31 characters. Ours alone by O_EXCL, and without a name right after.
  char name[32];
  std::snprintf(name, sizeof name, "/ptyd.%ld", static_cast<long>(::getpid()));
  Descriptor memory(::shm_open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!memory) return memory;
  ::shm_unlink(name);
  if (::fcntl(memory.fd(), F_SETFD, FD_CLOEXEC) != 0 || ::ftruncate(memory.fd(), static_cast<off_t>(bytes)) != 0)
    return Descriptor();
  return memory;
}

const bool kHasReadOnlyMemory = false;

Descriptor read_only(const Descriptor&) {
  errno = ENOSYS;
  return Descriptor();
}

void keep_out_of_dumps([[maybe_unused]] void* memory, [[maybe_unused]] std::size_t bytes) {
#ifdef MADV_NOCORE
  ::madvise(memory, bytes, MADV_NOCORE);
#endif
}

bool open_wakeup(Wakeup& wakeup) {
  int ends[2];
  if (::pipe(ends) != 0) return false;
  wakeup.to_read.reset(ends[0]);
  wakeup.to_write.reset(ends[1]);
  return set_flags(ends[0]) && set_flags(ends[1]);
}

void wake(const Wakeup& wakeup) {
  const char byte = 1;
  // A full pipe wakes as well as one more byte would.
  static_cast<void>(::write(wakeup.to_write.fd(), &byte, 1) == 0);
}

Descriptor accept_connection(int listener) {
  Descriptor connection(::accept(listener, nullptr, nullptr));
  if (connection && !set_flags(connection.fd())) connection.reset();
#ifdef SO_NOSIGPIPE
  const int on = 1;
  if (connection) ::setsockopt(connection.fd(), SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on);
#endif
  return connection;
}

namespace {

int children_ended[2] = {-1, -1};

void on_child(int) {
  const int error = errno;
  const char byte = 0;
  static_cast<void>(::write(children_ended[1], &byte, 1) == 0);
  errno = error;
}

}  // namespace

int watch_children() {
  if (::pipe(children_ended) != 0 || !set_flags(children_ended[0]) || !set_flags(children_ended[1])) return -1;
  struct sigaction action {};
  action.sa_handler = on_child;
  action.sa_flags = SA_RESTART | SA_NOCLDSTOP;
  return ::sigaction(SIGCHLD, &action, nullptr) == 0 ? children_ended[0] : -1;
}

void take_children_news(int fd) {
  char bytes[64];
  while (::read(fd, bytes, sizeof bytes) == sizeof bytes) {
  }
}

void count_other_read() noexcept {}
std::uint64_t other_reads() noexcept { return 0; }
std::uint64_t other_writes() noexcept { return 0; }

bool peer_is_our_user(int connection) {
  uid_t uid = 0;
  gid_t gid = 0;
  return ::getpeereid(connection, &uid, &gid) == 0 && uid == ::geteuid();
}

Descriptor open_process(int) { return Descriptor(); }

int signal_process(const Descriptor&, int pid, int number) { return ::kill(pid, number) == 0 ? 0 : errno; }

int signal_process_group(const Descriptor&, int pid, int number) { return ::kill(-pid, number) == 0 ? 0 : errno; }

Ended end_of_process(const Descriptor&, int&) { return Ended::unknown; }

void close_from(int first) {
#if defined(__FreeBSD__) || defined(__OpenBSD__) || defined(__NetBSD__)
  ::closefrom(first);
#else
  const int end = std::min(::getdtablesize(), 65536);
  for (int fd = first; fd < end; ++fd) ::close(fd);
#endif
}

bool set_up_process() {
#ifdef __FreeBSD__
  return ::procctl(P_PID, 0, PROC_REAP_ACQUIRE, nullptr) == 0;
#else
  return false;
#endif
}

void raise_oom_score_of_child() {}

void drop_new_privileges() {}

bool times_driven_off(std::uint64_t&) noexcept { return false; }

}  // namespace ptyd::host
