#include <windows.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "client/ptyd/daemon_socket.hpp"
#include "common/handle_windows.hpp"
#include "common/wide_string.hpp"

namespace ptyd {

namespace asio = boost::asio;

namespace {

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::milliseconds kLook{20};

// Ours without the variables of a session, as CreateProcessW() takes it.
std::wstring daemon_environment() {
  std::wstring block;
  wchar_t* const all = ::GetEnvironmentStringsW();
  for (const wchar_t* entry = all; entry != nullptr && *entry != L'\0';) {
    const std::wstring_view text(entry);
    if (!is_session_variable(to_utf8(text.substr(0, text.find(L'=', 1))))) block.append(text).push_back(L'\0');
    entry += text.size() + 1;
  }
  if (all != nullptr) ::FreeEnvironmentStringsW(all);
  block.push_back(L'\0');
  return block;
}

// Where no folder of a user is kept from being removed.
std::wstring system_folder() {
  std::wstring path(MAX_PATH, L'\0');
  path.resize(std::min<std::size_t>(::GetSystemDirectoryW(path.data(), MAX_PATH), MAX_PATH));
  return path;
}

// Nothing is inherited: neither handles nor a console. The daemon leaves the job of this program where that lets it,
// as it would end with the job.
Result<UniqueHandle> launch(const std::string& program, const std::string& socket) {
  const auto path = to_wide(program);
  if (!path) return path.error();
  // A path holds no quotation marks, and the name of a pipe nothing that needs them.
  auto command = to_wide("\"" + program + "\" --socket " + socket + " --log-target file");
  if (!command) return command.error();
  auto environment = daemon_environment();
  const auto folder = system_folder();
  STARTUPINFOW startup{};
  startup.cb = sizeof startup;
  constexpr DWORD kFlags = DETACHED_PROCESS | CREATE_NEW_PROCESS_GROUP | CREATE_UNICODE_ENVIRONMENT;
  for (const DWORD leave : {DWORD{CREATE_BREAKAWAY_FROM_JOB}, DWORD{0}}) {
    PROCESS_INFORMATION process{};
    if (::CreateProcessW(path->c_str(), command->data(), nullptr, nullptr, FALSE, kFlags | leave, environment.data(),
                         folder.c_str(), &startup, &process) != 0) {
      ::CloseHandle(process.hThread);
      return own_handle(process.hProcess);
    }
    if (::GetLastError() != ERROR_ACCESS_DENIED) break;
  }
  auto error = os_error("start the daemon " + program, last_error());
  error.code = errc::unavailable;
  error.step = "exec";
  return error;
}

// Takes no instance of the pipe: clients that wait for one get it.
bool is_listening(const std::wstring& pipe) {
  return ::WaitNamedPipeW(pipe.c_str(), 1) != 0 || ::GetLastError() == ERROR_SEM_TIMEOUT;
}

}  // namespace

asio::awaitable<Result<void>> start_daemon(asio::any_io_executor executor, RuntimePaths paths, std::string program,
                                           std::chrono::steady_clock::time_point deadline) {
  const auto pipe = to_wide(paths.socket);
  if (!pipe) co_return pipe.error();
  const auto process = launch(program, paths.socket);
  if (!process) co_return process.error();
  Error error;
  error.code = errc::unavailable;
  error.hint = "its log may say why: " + paths.log_file;
  while (!is_listening(*pipe)) {
    if (::WaitForSingleObject(handle_of(*process), 0) == WAIT_OBJECT_0) {
      error.message = "the daemon " + program + " ended before it was ready";
      co_return error;
    }
    const auto now = std::chrono::steady_clock::now();
    if (now >= deadline) {
      error.code = errc::deadline_exceeded;
      error.message = "the daemon was started but is not ready in time";
      co_return error;
    }
    const auto at = std::min(now + kLook, deadline);
    asio::steady_timer timer(executor, at);
    static_cast<void>(co_await timer.async_wait(kTuple));
  }
  co_return Result<void>();
}

}  // namespace ptyd
