#include <fcntl.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

#include "daemon/host/os.hpp"

namespace ptyd::host {

Descriptor create_shared_memory(std::uint64_t bytes) {
  Descriptor memory(::memfd_create("ptyd-ring", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!memory) return memory;
  // Unsealed, any holder of the descriptor could shorten it and so kill every other with SIGBUS.
  if (::ftruncate(memory.fd(), static_cast<off_t>(bytes)) != 0 ||
      ::fcntl(memory.fd(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
    return Descriptor();
  return memory;
}

const bool kHasReadOnlyMemory = true;

Descriptor read_only(const Descriptor& memory) {
  char path[32] = "/proc/self/fd/";
  constexpr std::size_t kLength = 14;
  *std::to_chars(path + kLength, path + sizeof path - 1, memory.fd()).ptr = 0;
  return Descriptor(::open(path, O_RDONLY | O_CLOEXEC));
}

void keep_out_of_dumps(void* memory, std::size_t bytes) { ::madvise(memory, bytes, MADV_DONTDUMP); }

bool open_wakeup(Wakeup& wakeup) {
  wakeup.to_write.reset(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wakeup.to_write) return false;
  wakeup.to_read.reset(::fcntl(wakeup.to_write.fd(), F_DUPFD_CLOEXEC, 0));
  return static_cast<bool>(wakeup.to_read);
}

namespace {

std::uint64_t other_reads_done = 0;
std::uint64_t other_bytes_written = 0;

}  // namespace

void wake(const Wakeup& wakeup) {
  const std::uint64_t one = 1;
  // EAGAIN: the counter is at its end, so the daemon is awake.
  if (::write(wakeup.to_write.fd(), &one, sizeof one) == sizeof one) other_bytes_written += sizeof one;
}

int watch_children() {
  // No handler, which could write something at any moment.
  sigset_t ended;
  sigemptyset(&ended);
  sigaddset(&ended, SIGCHLD);
  return ::sigprocmask(SIG_BLOCK, &ended, nullptr) == 0 ? ::signalfd(-1, &ended, SFD_CLOEXEC | SFD_NONBLOCK) : -1;
}

void take_children_news(int fd) {
  count_other_read();
  signalfd_siginfo news;
  while (::read(fd, &news, sizeof news) == sizeof news) {
  }
}

void count_other_read() noexcept { ++other_reads_done; }
std::uint64_t other_reads() noexcept { return other_reads_done; }
std::uint64_t other_writes() noexcept { return other_bytes_written; }

Descriptor accept_connection(int listener) {
  return Descriptor(::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
}

bool peer_is_our_user(int connection) {
  ucred peer{};
  socklen_t size = sizeof peer;
  return ::getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == ::geteuid();
}

Descriptor open_process(int pid) { return Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0U))); }

int signal_process(const Descriptor& process, int pid, int number) {
  const long result =
      process ? ::syscall(SYS_pidfd_send_signal, process.fd(), number, nullptr, 0U) : ::kill(pid, number);
  return result == 0 ? 0 : errno;
}

int signal_process_group(const Descriptor& process, int pid, int number) {
  constexpr unsigned kGroup = 1U << 2;  // PIDFD_SIGNAL_PROCESS_GROUP, Linux 6.9
  if (process && ::syscall(SYS_pidfd_send_signal, process.fd(), number, nullptr, kGroup) == 0) return 0;
  if (process && errno != EINVAL) return errno;
  return ::kill(-pid, number) == 0 ? 0 : errno;
}

namespace {

// PIDFD_GET_INFO, Linux 6.13; the status from 6.15 on.
struct ProcessInfo {
  std::uint64_t mask;
  std::uint64_t cgroup;
  std::uint32_t ids[11];
  std::int32_t exit_code;
};
static_assert(sizeof(ProcessInfo) == 64);
constexpr std::uint64_t kExitInfo = 1U << 3;

}  // namespace

Ended end_of_process(const Descriptor& process, int& status) {
  ProcessInfo info{};
  info.mask = kExitInfo;
  if (::ioctl(process.fd(), _IOWR(0xFF, 11, ProcessInfo), &info) == 0 && (info.mask & kExitInfo) != 0) {
    status = info.exit_code;
    return Ended::known;
  }
  // While its parent has not waited for it, the status may still come.
  return ::syscall(SYS_pidfd_send_signal, process.fd(), 0, nullptr, 0U) == 0 || errno != ESRCH ? Ended::not_yet
                                                                                               : Ended::unknown;
}

void close_from(int first) {
  if (::syscall(SYS_close_range, static_cast<unsigned>(first), ~0U, 0U) == 0) return;
  rlimit limit{};
  const int end =
      ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? static_cast<int>(std::min<rlim_t>(limit.rlim_max, 65536)) : 65536;
  for (int fd = first; fd < end; ++fd) ::close(fd);
}

namespace {

constexpr const char* kOomScore = "/proc/self/oom_score_adj";
constexpr int kMaxOomScore = 1000;
constexpr int kHostOomScore = 100;
constexpr int kChildOomScore = 300;

// Relative to what the daemon has, so that the order program, host, daemon holds in every service unit.
void raise_oom_score(int by) {
  const Descriptor file(::open(kOomScore, O_RDWR | O_CLOEXEC));
  char text[16];
  const ssize_t length = file ? ::read(file.fd(), text, sizeof text) : 0;
  int score = 0;
  if (length <= 0 || std::from_chars(text, text + length, score).ec != std::errc()) return;
  const auto end = std::to_chars(text, text + sizeof text, std::min(score + by, kMaxOomScore));
  static_cast<void>(::pwrite(file.fd(), text, static_cast<std::size_t>(end.ptr - text), 0) == 0);
}

}  // namespace

bool set_up_process() {
  ::prctl(PR_SET_NAME, "ptyd-host");
  raise_oom_score(kHostOomScore);
  return ::prctl(PR_SET_CHILD_SUBREAPER, 1UL) == 0;
}

void raise_oom_score_of_child() { raise_oom_score(kChildOomScore - kHostOomScore); }

void drop_new_privileges() { ::prctl(PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL); }

namespace {

bool only_processor() {
  count_other_read();  // of a file in /sys
  return ::sysconf(_SC_NPROCESSORS_ONLN) <= 1;
}

// Not static in the function: the lock of such a variable brings the library's exceptions, which take memory at the
// start.
bool processors_counted = false;
bool alone = false;

}  // namespace

bool times_driven_off(std::uint64_t& times) noexcept {
  // On a single processor waiting would only keep the kernel's worker from it.
  if (!processors_counted) {
    alone = only_processor();
    processors_counted = true;
  }
  if (alone) return false;
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  times = static_cast<std::uint64_t>(usage.ru_nivcsw);
  return true;
}

}  // namespace ptyd::host
