#include "client/ptyd/daemon_socket.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "client/ptyd/daemon_socket_system.hpp"
#include "common/local_endpoint.hpp"

namespace ptyd {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

namespace {

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::milliseconds kRetry{20};

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
  for (;;) {
    auto lock = try_start_lock(path);
    if (!lock) co_return lock.error();
    if (*lock) co_return std::move(*lock);
    const auto now = Clock::now();
    if (now >= deadline) co_return too_late("another client is starting the daemon and does not finish");
    const auto at = std::min(now + kRetry, deadline);
    co_await wait_until(executor, at);
  }
}

asio::awaitable<Result<void>> start_once(asio::any_io_executor executor, RuntimePaths paths, std::string program,
                                         Clock::time_point deadline) {
  const auto folder = open_start_folder(paths);
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

}  // namespace ptyd
