#include <windows.h>

#include <algorithm>
#include <filesystem>
#include <string_view>

#include "client/ptyd/daemon_socket.hpp"
#include "client/ptyd/daemon_socket_system.hpp"
#include "common/handle_windows.hpp"
#include "common/program_path.hpp"
#include "common/wide_string.hpp"

namespace ptyd {

namespace fs = std::filesystem;

bool nobody_listens(const Error& error) noexcept { return error.os_error == ERROR_FILE_NOT_FOUND; }
bool queue_is_full(const Error& error) noexcept { return error.os_error == ERROR_PIPE_BUSY; }

Result<UniqueHandle> open_start_folder(const RuntimePaths& paths) {
  if (const auto parents = make_parent_dirs(paths.runtime_dir); !parents) return parents.error();
  return open_private_dir(paths.runtime_dir, true);
}

// A file that is open for nobody else is the lock.
Result<UniqueHandle> try_start_lock(const std::string& path) {
  const auto wide = to_wide(path);
  if (!wide) return wide.error();
  auto file = own_handle(::CreateFileW(wide->c_str(), GENERIC_READ | GENERIC_WRITE, 0, nullptr, OPEN_ALWAYS,
                                       FILE_FLAG_OPEN_REPARSE_POINT, nullptr));
  if (file) return file;
  const int reason = last_error();
  if (reason != ERROR_SHARING_VIOLATION) return os_error("lock " + path, reason);
  return UniqueHandle();
}

// The current folder and the system's own search order are no places to take a daemon from.
Result<std::string> find_daemon_program() {
  constexpr const wchar_t* kName = L"ptyd.exe";
  const auto is_there = [](const fs::path& path) {
    std::error_code ignored;
    return fs::is_regular_file(path, ignored);
  };
  if (const auto own = to_wide(program_path()); own && !own->empty()) {
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
