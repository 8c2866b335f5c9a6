#include "client/ptyd/daemon_socket.hpp"

#include <windows.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <filesystem>

#include "common/handle_windows.hpp"
#include "common/local_endpoint.hpp"
#include "common/wide_string.hpp"

namespace ptyd {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

namespace {

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::milliseconds kRetry{20};

bool nobody_listens(const Error& error) { return error.os_error == ERROR_FILE_NOT_FOUND; }
bool all_are_busy(const Error& error) { return error.os_error == ERROR_PIPE_BUSY; }

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

// A file that is open for nobody else is the lock: it is free as soon as its holder ends, however that is.
asio::awaitable<Result<UniqueHandle>> take_start_lock(asio::any_io_executor executor, std::string path,
                                                      Clock::time_point deadline) {
  const auto wide = to_wide(path);
  if (!wide) co_return wide.error();
  for (;;) {
    auto file = own_handle(::CreateFileW(wide->c_str(), GENERIC_READ | GENERIC_WRITE, 0, nullptr, OPEN_ALWAYS,
                                         FILE_FLAG_OPEN_REPARSE_POINT, nullptr));
    if (file) co_return file;
    const int reason = last_error();
    if (reason != ERROR_SHARING_VIOLATION) co_return os_error("lock " + path, reason);
    const auto now = Clock::now();
    if (now >= deadline) co_return too_late("another client is starting the daemon and does not finish");
    const auto at = std::min(now + kRetry, deadline);
    co_await wait_until(executor, at);
  }
}

asio::awaitable<Result<void>> start_once(asio::any_io_executor executor, RuntimePaths paths, std::string program,
                                         Clock::time_point deadline) {
  const auto parents = make_parent_dirs(paths.runtime_dir);
  if (!parents) co_return parents.error();
  const auto folder = open_private_dir(paths.runtime_dir, true);
  if (!folder) co_return folder.error();
  const auto lock = co_await take_start_lock(executor, paths.start_lock, deadline);
  if (!lock) co_return lock.error();
  // Somebody else may have started it while we waited.
  if (const auto pipe = connect_local(paths.socket); pipe || !nobody_listens(pipe.error())) co_return Result<void>();
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
    auto pipe = connect_local(paths->socket);
    if (pipe) co_return std::move(*pipe);
    auto error = pipe.error();
    if (nobody_listens(error)) {
      if (!may_start) co_return no_daemon(*paths);
      may_start = false;
      const auto started = co_await start_once(executor, *paths, options.daemon_program, deadline);
      if (!started) co_return started.error();
      continue;
    }
    if (!all_are_busy(error)) co_return error;
    const auto now = Clock::now();
    if (now >= deadline) co_return too_late("the daemon does not take connections: " + error.message);
    const auto at = std::min(now + kRetry, deadline);
    co_await wait_until(executor, at);
  }
}

// The current folder and the system's own search order are no places to take a daemon from.
Result<std::string> find_daemon_program() {
  constexpr const wchar_t* kName = L"ptyd.exe";
  const auto is_there = [](const fs::path& path) {
    std::error_code ignored;
    return fs::is_regular_file(path, ignored);
  };
  if (const auto own = to_wide(own_program()); own && !own->empty()) {
    const auto beside = fs::path(*own).replace_filename(kName);
    if (is_there(beside)) return to_utf8(beside.native());
  }
  std::wstring variable(32768, L'\0');
  variable.resize(::GetEnvironmentVariableW(L"PATH", variable.data(), static_cast<DWORD>(variable.size())));
  std::wstring_view rest = variable;
  while (!rest.empty()) {
    const auto end = std::min(rest.find(L';'), rest.size());
    const fs::path folder(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (folder.is_absolute() && is_there(folder / kName)) return to_utf8((folder / kName).native());
  }
  Error error;
  error.code = errc::unavailable;
  error.message = "no daemon runs, and there is no ptyd to start: neither beside this program nor in PATH";
  error.hint = "install ptyd, or start it yourself";
  return error;
}

bool is_session_variable(std::string_view name) noexcept {
  for (const std::string_view own : {"PTYD_SESSION", "PTYD_SESSION_ID", "PTYD_ANCESTRY"})
    if (name == own) return true;
  return false;
}

}  // namespace ptyd
