#include "daemon/hostlink/custody.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <string_view>

namespace ptyd {

namespace {

// SIGKILL takes effect at once, unless the kernel itself hangs.
constexpr int kEndLimitMs = 1000;

bool is_child(pid_t pid) {
  siginfo_t info{};
  return ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

std::optional<std::uint64_t> find_number(std::string_view text, std::string_view name) {
  const auto at = text.find(name);
  if (at == std::string_view::npos) return std::nullopt;
  const auto digits = text.substr(at + name.size());
  std::uint64_t number = 0;
  if (std::from_chars(digits.data(), digits.data() + digits.size(), number).ec != std::errc()) return std::nullopt;
  return number;
}

// A quarter of them stays free for clients and for new sessions.
bool many_descriptors(int newest) {
  rlimit limit{};
  return ::getrlimit(RLIMIT_NOFILE, &limit) != 0 ||
         (limit.rlim_cur != RLIM_INFINITY && static_cast<rlim_t>(newest) > limit.rlim_cur / 4 * 3);
}

}  // namespace

Result<HostProcess> watch_host(std::uint32_t pid) {
  const auto number = static_cast<pid_t>(pid);
  if (number <= 1 || !is_child(number))
    return Error{errc::failed_precondition, "another process than this one has to wait for the host"};
  HostProcess host;
  host.pid = pid;
  host.handle.reset(static_cast<int>(::syscall(SYS_pidfd_open, number, 0U)));
  if (!host.handle) return os_error("watch the session's host", errno);
  const auto path = "/proc/" + std::to_string(pid) + "/io";
  host.counts.reset(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!host.counts) return os_error("open " + path, errno);
  if (many_descriptors(host.counts.fd())) return Error{errc::resource_exhausted, "there are few descriptors left"};
  if (!read_counts(host.counts)) return Error{errc::failed_precondition, path + " tells nothing"};
  return host;
}

std::optional<ProcessCounts> read_counts(const UniqueHandle& counts) {
  std::array<char, 512> text{};
  const auto got = ::pread(counts.fd(), text.data(), text.size(), 0);
  if (got <= 0) return std::nullopt;
  const std::string_view content(text.data(), static_cast<std::size_t>(got));
  const auto read = find_number(content, "rchar: ");
  const auto written = find_number(content, "wchar: ");
  if (!read || !written) return std::nullopt;
  return ProcessCounts{*read, *written};
}

bool end_child(std::uint32_t pid) {
  const auto number = static_cast<pid_t>(pid);
  if (number <= 1 || !is_child(number)) return true;
  const UniqueHandle process(static_cast<int>(::syscall(SYS_pidfd_open, number, 0U)));
  if (!process) return false;
  ::syscall(SYS_pidfd_send_signal, process.fd(), SIGKILL, nullptr, 0U);
  pollfd ended{process.fd(), POLLIN, 0};
  return ::poll(&ended, 1, kEndLimitMs) == 1;
}

}  // namespace ptyd
