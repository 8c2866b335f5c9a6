#include "daemon/hostlink/custody.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <memory>
#include <string_view>
#include <utility>

#include "common/watched_descriptor.hpp"

namespace ptyd {

namespace asio = boost::asio;

namespace {

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);

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
  if (number <= 1) return Error{errc::failed_precondition, "the host has no process"};
  HostProcess host;
  host.pid = pid;
  host.handle.reset(static_cast<int>(::syscall(SYS_pidfd_open, number, 0U)));
  if (!host.handle && errno == ESRCH) return Error{errc::failed_precondition, "the host is gone"};
  if (!host.handle) return os_error("watch the session's host", errno);
  if (many_descriptors(host.handle.fd())) return Error{errc::resource_exhausted, "there are few descriptors left"};
  // Of others nothing can be read once they are dead: their parents wait for them at once.
  if (!is_child(number)) return host;
  const auto path = "/proc/" + std::to_string(pid) + "/io";
  host.counts.reset(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!host.counts) return os_error("open " + path, errno);
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

asio::awaitable<bool> wait_for_end(asio::any_io_executor executor, UniqueHandle pidfd,
                                   std::chrono::milliseconds limit) {
  if (!pidfd) co_return false;
  const auto process = std::make_shared<asio::posix::stream_descriptor>(watched(executor, std::move(pidfd)));
  asio::steady_timer timer(executor);
  timer.expires_after(limit);
  timer.async_wait([weak = std::weak_ptr(process)](const boost::system::error_code& error) {
    if (const auto still = error ? nullptr : weak.lock()) still->cancel();
  });
  const auto [error] = co_await process->async_wait(asio::posix::stream_descriptor::wait_read, kTuple);
  co_return !error;
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
