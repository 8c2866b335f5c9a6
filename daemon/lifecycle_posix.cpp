#include <fcntl.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <thread>

#include "common/program_path.hpp"
#include "daemon/lifecycle.hpp"

namespace ptyd {

namespace fs = std::filesystem;

namespace {

constexpr int kFirstListenFd = 3;  // SD_LISTEN_FDS_START

// A lock is held on for a moment by the process that a daemon was starting when it ended, which has its descriptors until
// it is another program.
constexpr std::chrono::seconds kLongestHandover{5};
constexpr std::chrono::milliseconds kHandoverStep{2};

std::optional<long> number_of(const char* text) {
  if (text == nullptr || *text == '\0') return std::nullopt;
  char* end = nullptr;
  errno = 0;
  const long value = std::strtol(text, &end, 10);
  if (errno != 0 || *end != '\0') return std::nullopt;
  return value;
}

std::optional<long> env_number(const char* name) { return number_of(std::getenv(name)); }

// The process that wrote its number into the lock file; empty when none is there.
std::string holder_of(const UniqueHandle& file) {
  std::array<char, 32> text{};
  if (::pread(file.fd(), text.data(), text.size() - 1, 0) <= 0) return {};
  const std::string holder = text.data();
  return holder.substr(0, holder.find('\n'));
}

bool has_ended(const std::string& holder) {
  const auto pid = number_of(holder.c_str());
  return pid && *pid > 0 && ::kill(static_cast<pid_t>(*pid), 0) != 0 && errno == ESRCH;
}

bool is_listening_stream(int descriptor) {
  int type = 0;
  int listening = 0;
  socklen_t size = sizeof type;
  if (::getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &size) != 0 || type != SOCK_STREAM) return false;
  size = sizeof listening;
  return ::getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) == 0 && listening != 0;
}

// Linux lets the table of descriptors grow, and lets a process with threads wait for all other processors then: for
// tens of milliseconds, in which nobody is served. As long as there is one thread it does not.
void make_room_for_descriptors(rlim_t limit) {
  constexpr rlim_t kRoom = 8192;  // a thousand sessions
  const auto last = static_cast<int>(std::min(limit, kRoom)) - 1;
  const UniqueHandle highest(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, last));  // without it, it grows when it must
}

}  // namespace

std::uint64_t prepare_process() {
  ::signal(SIGPIPE, SIG_IGN);
  ::umask(077);
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  const auto before = limit.rlim_cur;
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 65536);
  if (limit.rlim_cur > before) ::setrlimit(RLIMIT_NOFILE, &limit);
  make_room_for_descriptors(limit.rlim_cur);
  return before;
}

Result<void> check_rights(const std::string&) { return {}; }

// Whatever ends a user's processes here (logging out, a service manager) is asked for by that user.
std::string started_in_danger() { return {}; }

Result<UniqueHandle> take_lock(const std::string& path) {
  UniqueHandle file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file) return os_error("open the lock file " + path, errno);
  const auto until = std::chrono::steady_clock::now() + kLongestHandover;
  while (::flock(file.fd(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return os_error("lock " + path, errno);
    const auto holder = holder_of(file);
    if (has_ended(holder) && std::chrono::steady_clock::now() < until) {
      std::this_thread::sleep_for(kHandoverStep);
      continue;
    }
    Error error{errc::already_exists, "another ptyd runs here already"};
    if (!holder.empty()) error.message += " (process " + holder + ")";
    error.hint = "ptyctl daemon status shows it; use another --socket for a second one";
    return error;
  }
  const auto pid = std::to_string(::getpid()) + "\n";
  if (::ftruncate(file.fd(), 0) != 0 || ::pwrite(file.fd(), pid.data(), pid.size(), 0) < 0)
    return os_error("write " + path, errno);
  return file;
}

Result<std::optional<UniqueHandle>> inherited_listener() {
  const auto pid = env_number("LISTEN_PID");
  const auto count = env_number("LISTEN_FDS");
  for (const auto* name : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"}) ::unsetenv(name);
  if (!pid || !count || *pid != ::getpid() || *count < 1) return std::optional<UniqueHandle>{};
  UniqueHandle listener(kFirstListenFd);
  // We have one socket; what else was passed is of no use.
  for (int other = kFirstListenFd + 1; other < kFirstListenFd + *count && other < 1024; ++other) ::close(other);
  if (!is_listening_stream(listener.fd()))
    return Error{errc::invalid_argument, "the descriptor passed in LISTEN_FDS is not a listening stream socket"};
  ::fcntl(listener.fd(), F_SETFD, FD_CLOEXEC);
  return std::optional<UniqueHandle>(std::move(listener));
}

void notify_manager(const std::string& state) {
  const char* path = std::getenv("NOTIFY_SOCKET");
  if (path == nullptr || (path[0] != '/' && path[0] != '@')) return;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::size_t length = std::strlen(path);
  if (length >= sizeof address.sun_path) return;
  std::memcpy(address.sun_path, path, length);
  if (path[0] == '@') address.sun_path[0] = '\0';  // the abstract namespace of Linux, unix(7)
  const UniqueHandle socket(::socket(AF_UNIX, SOCK_DGRAM, 0));
  if (!socket) return;
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + length);
  // A manager that does not listen must not stop us.
  static_cast<void>(::sendto(socket.fd(), state.data(), state.size(), MSG_DONTWAIT,
                             static_cast<const sockaddr*>(static_cast<const void*>(&address)), size));
}

bool logs_to_journal() {
  const char* stream = std::getenv("JOURNAL_STREAM");
  struct stat info {};
  if (stream == nullptr || ::fstat(STDERR_FILENO, &info) != 0) return false;
  return std::to_string(info.st_dev) + ":" + std::to_string(info.st_ino) == stream;
}

void tell_ready(int descriptor) {
  const UniqueHandle pipe(descriptor);
  static_cast<void>(::write(pipe.fd(), "1\n", 2) == 2);
}

std::string find_host_program() {
  const auto self = fs::path(program_path()).parent_path();
  std::error_code ignored;
  for (const auto& candidate : {self / "ptyd-host", self / PTYD_LIBEXEC_FROM_BIN / "ptyd-host"})
    if (fs::exists(candidate, ignored)) return fs::weakly_canonical(candidate, ignored).string();
  return (self / "ptyd-host").string();
}

}  // namespace ptyd
