#include "daemon/host/nursery.hpp"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "daemon/host/crash_point.hpp"
#include "daemon/host/nursery_wire.hpp"
#include "daemon/host/os.hpp"
#include "daemon/host/spawn_result.hpp"

namespace ptyd::host {

namespace {

constexpr int kControl = kSpecFd;
constexpr int kFirstSafe = kCheckpointFd + 1;

struct Order {
  unsigned char places[kMaxPlaced] = {};
  int fds[kMaxPlaced] = {-1, -1, -1, -1, -1, -1, -1, -1};
  std::size_t count = 0;
};

void drop(Order& order) noexcept {
  for (int& fd : order.fds) {
    if (fd >= 0) ::close(fd);
    fd = -1;
  }
}

std::size_t take_descriptors(msghdr& message, Order& order) noexcept {
  std::size_t count = 0;
  for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t here = std::min((part->cmsg_len - CMSG_LEN(0)) / sizeof(int), kMaxPlaced - count);
    std::memcpy(order.fds + count, CMSG_DATA(part), here * sizeof(int));
    count += here;
  }
  return count;
}

bool proper(const Order& order, std::size_t descriptors) noexcept {
  if (order.count == 0 || order.count != descriptors) return false;
  return std::all_of(order.places, order.places + order.count,
                     [](unsigned char place) { return place >= kSpecFd && place <= kCheckpointFd; });
}

// False: there will be no more.
bool receive(Order& order) noexcept {
  iovec data{order.places, sizeof order.places};
  alignas(cmsghdr) char control[CMSG_SPACE(kMaxPlaced * sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  ssize_t got;
  do got = ::recvmsg(kControl, &message, MSG_CMSG_CLOEXEC);
  while (got < 0 && errno == EINTR);
  if (got <= 0) return false;
  order.count = static_cast<std::size_t>(got);
  if (proper(order, take_descriptors(message, order))) return true;
  drop(order);
  return false;
}

// As fork(), but the new process is the child of our parent, the daemon, which waits for its hosts.
pid_t fork_beside() noexcept {
  constexpr unsigned long kFlags = CLONE_PARENT | static_cast<unsigned long>(SIGCHLD);
#ifdef __s390x__
  return static_cast<pid_t>(::syscall(SYS_clone, 0UL, kFlags, 0UL, 0UL, 0UL));
#else
  return static_cast<pid_t>(::syscall(SYS_clone, kFlags, 0UL, 0UL, 0UL, 0UL));
#endif
}

// In the new process: every descriptor at its place, and nothing else.
bool put_in_place(Order& order) noexcept {
  for (std::size_t i = 0; i < order.count; ++i) {
    const int safe = ::fcntl(order.fds[i], F_DUPFD_CLOEXEC, kFirstSafe);
    if (safe < 0) return false;
    order.fds[i] = safe;
  }
  for (int fd = kSpecFd; fd < kFirstSafe; ++fd) ::close(fd);
  for (std::size_t i = 0; i < order.count; ++i)
    if (::dup2(order.fds[i], order.places[i]) < 0) return false;
  close_from(kFirstSafe);
  return true;
}

void refuse(const Order& order, int error) noexcept {
  const SpawnResult result = spawn_result(SpawnStep::none, error);
  for (std::size_t i = 0; i < order.count; ++i)
    if (order.places[i] == kResultFd) static_cast<void>(::write(order.fds[i], &result, sizeof result) == 0);
}

// A host that was forked is not to look like a nursery.
void hide_argument(char* argument) noexcept { std::memset(argument, 0, std::strlen(argument)); }

}  // namespace

Nursery wait_in_nursery(int argc, char** argv) {
  if (argc != 2 || std::strcmp(argv[1], kNurseryArgument) != 0) return Nursery::no;
  ::prctl(PR_SET_NAME, "ptyd-nursery");
  // The daemon's end alone ends it.
  for (const int number : {SIGPIPE, SIGHUP, SIGINT, SIGTERM, SIGQUIT}) ::signal(number, SIG_IGN);
  if (::send(kControl, &kNurseryReady, sizeof kNurseryReady, MSG_NOSIGNAL) < 0) return Nursery::over;
  for (Order order; receive(order); drop(order)) {
    crash_point("nursery_asked");
    const pid_t host = fork_beside();
    if (host == 0) {
      if (!put_in_place(order)) return Nursery::over;
      hide_argument(argv[1]);
      return Nursery::host;
    }
    if (host < 0) refuse(order, errno);
  }
  return Nursery::over;
}

}  // namespace ptyd::host
