#include <windows.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <string>
#include <vector>

#include "client/ptyd/daemon_socket.hpp"
#include "common/handle_windows.hpp"
#include "common/leave_job.hpp"
#include "common/own_job_windows.hpp"
#include "common/service_process_windows.hpp"
#include "common/wide_string.hpp"

namespace ptyd {

namespace asio = boost::asio;

namespace {

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::milliseconds kLook{20};

// Ours without the variables of a session.
std::vector<std::wstring> daemon_environment() {
  std::vector<std::wstring> entries;
  wchar_t* const all = ::GetEnvironmentStringsW();
  for (const wchar_t* entry = all; entry != nullptr && *entry != L'\0';) {
    const std::wstring_view text(entry);
    if (!is_session_variable(to_utf8(text.substr(0, text.find(L'=', 1))))) entries.emplace_back(text);
    entry += text.size() + 1;
  }
  if (all != nullptr) ::FreeEnvironmentStringsW(all);
  return entries;
}

// Where no folder of a user is kept from being removed.
std::wstring system_folder() {
  std::wstring path(MAX_PATH, L'\0');
  path.resize(std::min<std::size_t>(::GetSystemDirectoryW(path.data(), MAX_PATH), MAX_PATH));
  return path;
}

struct Launch {
  std::wstring program;
  std::wstring command_line;
  std::wstring folder = system_folder();
  std::vector<std::wstring> environment = daemon_environment();
};

// Nothing is inherited: neither handles nor a console. 0, or what GetLastError() gives.
DWORD create(const Launch& launch, DWORD leave, UniqueHandle& process) {
  std::wstring block;
  for (const auto& entry : launch.environment) block.append(entry).push_back(L'\0');
  block.push_back(L'\0');
  std::wstring line = launch.command_line;
  STARTUPINFOW startup{};
  startup.cb = sizeof startup;
  constexpr DWORD kFlags = DETACHED_PROCESS | CREATE_NEW_PROCESS_GROUP | CREATE_UNICODE_ENVIRONMENT;
  PROCESS_INFORMATION made{};
  if (::CreateProcessW(launch.program.c_str(), line.data(), nullptr, nullptr, FALSE, kFlags | leave, block.data(),
                       launch.folder.c_str(), &startup, &made) == 0)
    return ::GetLastError();
  ::CloseHandle(made.hThread);
  process = own_handle(made.hProcess);
  return 0;
}

DWORD create_by_service(const Launch& launch, UniqueHandle& process) {
  auto environment = launch.environment;
  std::erase_if(environment, [](const std::wstring& entry) { return entry.starts_with(L'='); });
  const auto pid = start_by_service({launch.command_line, launch.folder, std::move(environment)});
  if (!pid) return ERROR_SERVICE_NOT_ACTIVE;
  process = own_handle(::OpenProcess(SYNCHRONIZE, FALSE, *pid));
  return process ? 0 : ::GetLastError();
}

// The daemon leaves the job of this program, as it would end with it. One that could not says so in its status.
Result<UniqueHandle> launch(const std::string& program, const std::string& socket) {
  const auto path = to_wide(program);
  if (!path) return path.error();
  // A path holds no quotation marks, and the name of a pipe nothing that needs them.
  const auto command_line = to_wide("\"" + program + "\" --socket " + socket + " --log-target file");
  if (!command_line) return command_line.error();
  const Launch plan{*path, *command_line};
  UniqueHandle process;
  const auto started = start_past_job(in_job(), ERROR_ACCESS_DENIED, [&](JobWay way) -> std::uint32_t {
    if (way == JobWay::service) return create_by_service(plan, process);
    return create(plan, way == JobWay::breakaway ? CREATE_BREAKAWAY_FROM_JOB : 0, process);
  });
  if (started.error == 0) return process;
  auto error = os_error("start the daemon " + program, static_cast<int>(started.error));
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
