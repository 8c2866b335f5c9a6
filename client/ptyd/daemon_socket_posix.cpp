#include "client/ptyd/daemon_socket.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <cstdlib>

#include "common/local_endpoint.hpp"

namespace ptyd {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

namespace {

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::milliseconds kRetry{20};

bool nobody_listens(const Error& error) { return error.os_error == ENOENT || error.os_error == ECONNREFUSED; }
bool queue_is_full(const Error& error) { return error.os_error == EAGAIN; }

Error no_daemon(const RuntimePaths& paths) {
  Error error;
  error.code = errc::unavailable;
  error.message = "no daemon listens at " + paths.socket;
  error.hint = "'ptyctl daemon start' starts it; sessions of an earlier one live on";
  error.subject = paths.socket;
  return error;
}

Error too_late(const std::string& what) {
  Error error;
  error.code = errc::deadline_exceeded;
  error.message = what;
  error.hint = "the daemon may be stuck; 'ptyctl doctor' looks closer";
  return error;
}

asio::awaitable<void> wait_until(asio::any_io_executor executor, Clock::time_point at) {
  asio::steady_timer timer(executor, at);
  static_cast<void>(co_await timer.async_wait(kTuple));
}

// Only one client at a time starts a daemon; a lock can't be awaited, so it is tried again.
asio::awaitable<Result<UniqueHandle>> take_start_lock(asio::any_io_executor executor, std::string path,
                                                      Clock::time_point deadline) {
  UniqueHandle file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file) co_return os_error("open " + path, errno);
  while (::flock(file.fd(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) co_return os_error("lock " + path, errno);
    const auto now = Clock::now();
    if (now >= deadline) co_return too_late("another client is starting the daemon and does not finish");
    const auto at = std::min(now + kRetry, deadline);
    co_await wait_until(executor, at);
  }
  co_return file;
}

asio::awaitable<Result<void>> start_once(asio::any_io_executor executor, RuntimePaths paths, std::string program,
                                         Clock::time_point deadline) {
  const auto folder = open_private_dir(paths.runtime_dir, true);
  if (!folder) co_return folder.error();
  const auto lock = co_await take_start_lock(executor, paths.start_lock, deadline);
  if (!lock) co_return lock.error();
  // Somebody else may have started it while we waited.
  if (const auto socket = connect_local(paths.socket); socket || !nobody_listens(socket.error()))
    co_return Result<void>();
  if (program.empty()) {
    auto found = find_daemon_program();
    if (!found) co_return found.error();
    program = std::move(*found);
  }
  co_return co_await start_daemon(executor, paths, program, deadline);
}

}  // namespace

Result<RuntimePaths> daemon_paths(const ClientOptions& options) {
  std::optional<std::string> socket;
  if (!options.socket.empty()) socket = options.socket;
  return compute_paths(system_path_inputs(), socket);
}

asio::awaitable<Result<UniqueHandle>> open_daemon_socket(asio::any_io_executor executor, ClientOptions options) {
  const auto deadline = Clock::now() + options.deadline;
  const auto paths = daemon_paths(options);
  if (!paths) co_return paths.error();
  bool may_start = options.autostart == Autostart::yes;
  for (;;) {
    auto socket = connect_local(paths->socket);
    if (socket) co_return std::move(*socket);
    auto error = socket.error();
    if (nobody_listens(error)) {
      if (!may_start) co_return no_daemon(*paths);
      may_start = false;
      const auto started = co_await start_once(executor, *paths, options.daemon_program, deadline);
      if (!started) co_return started.error();
      continue;
    }
    if (!queue_is_full(error)) co_return error;
    const auto now = Clock::now();
    if (now >= deadline) co_return too_late("the daemon does not take connections: " + error.message);
    const auto at = std::min(now + kRetry, deadline);
    co_await wait_until(executor, at);
  }
}

Result<std::string> find_daemon_program() {
  const auto own = own_program();
  if (const auto slash = own.rfind('/'); slash != std::string::npos) {
    auto beside = own.substr(0, slash + 1) + "ptyd";
    if (::access(beside.c_str(), X_OK) == 0) return beside;
  }
  const char* const path = std::getenv("PATH");
  std::string_view rest = path != nullptr ? path : "";
  while (!rest.empty()) {
    const auto end = std::min(rest.find(':'), rest.size());
    std::string candidate(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (!candidate.starts_with('/')) continue;
    candidate += "/ptyd";
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  Error error;
  error.code = errc::unavailable;
  error.message = "no daemon runs, and there is no ptyd to start: neither beside this program nor in PATH";
  error.hint = "install ptyd, or start it yourself";
  return error;
}

bool is_session_variable(std::string_view name) noexcept {
  for (const std::string_view own : {"PTYD_SESSION", "PTYD_SESSION_ID", "PTYD_ANCESTRY", "NOTIFY_SOCKET",
                                     "INVOCATION_ID", "JOURNAL_STREAM", "MAINPID", "WATCHDOG_PID", "WATCHDOG_USEC"})
    if (name == own) return true;
  return name.starts_with("LISTEN_");
}

}  // namespace ptyd
