#include <windows.h>

#include <io.h>

#include <array>
#include <filesystem>
#include <string_view>

#include "common/handle_windows.hpp"
#include "common/own_job_windows.hpp"
#include "common/program_path.hpp"
#include "common/token_windows.hpp"
#include "common/wide_string.hpp"
#include "daemon/lifecycle.hpp"

namespace ptyd {

namespace fs = std::filesystem;

namespace {

UniqueHandle open_lock(const std::wstring& path, DWORD access, DWORD sharing, DWORD disposition) {
  return own_handle(::CreateFileW(path.c_str(), access, sharing, nullptr, disposition,
                                  FILE_ATTRIBUTE_NORMAL | FILE_FLAG_OPEN_REPARSE_POINT, nullptr));
}

// The holder's process number, as it wrote it; empty when it has not yet.
std::string holder_of(const std::wstring& path) {
  const auto file = open_lock(path, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, OPEN_EXISTING);
  std::array<char, 32> text{};
  DWORD size = 0;
  if (!file || ::ReadFile(handle_of(file), text.data(), static_cast<DWORD>(text.size()), &size, nullptr) == 0)
    return {};
  const std::string_view line(text.data(), size);
  return std::string(line.substr(0, line.find('\n')));
}

}  // namespace

// Nobody can look at a box of ours, and no library is taken from a folder that others may write to.
std::uint64_t prepare_process() {
  ::SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX | SEM_NOOPENFILEERRORBOX);
  ::SetDefaultDllDirectories(LOAD_LIBRARY_SEARCH_SYSTEM32);
  return 0;
}

Result<void> check_rights(const std::string& socket) {
  const auto& own = own_facts();
  if (!own.elevated || socket != R"(\\.\pipe\ptyd-)" + own.user) return {};
  Error error{errc::permission_denied, "ptyd has an administrator's rights, which its clients would get by it"};
  error.hint = R"(start it without them, or give it another name: --socket \\.\pipe\NAME)";
  return error;
}

std::string started_in_danger() {
  if (!job_ends_us()) return {};
  return "ptyd runs in a job of whoever started it, and it and all its sessions end with that job: start it in another "
         "way, as by `ptyctl service install`";
}

// A file that is open for writing by nobody else is the lock: it is free as soon as its holder ends, however that is.
Result<UniqueHandle> take_lock(const std::string& path) {
  const auto wide = to_wide(path);
  if (!wide) return wide.error();
  auto file = open_lock(*wide, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ, OPEN_ALWAYS);
  if (!file && ::GetLastError() == ERROR_SHARING_VIOLATION) {
    Error error{errc::already_exists, "another ptyd runs here already"};
    if (const auto holder = holder_of(*wide); !holder.empty()) error.message += " (process " + holder + ")";
    error.hint = "ptyctl daemon status shows it; use another --socket for a second one";
    return error;
  }
  if (!file) return os_error("open the lock file " + path, last_error());
  const auto pid = std::to_string(::GetCurrentProcessId()) + "\n";
  DWORD written = 0;
  if (::SetEndOfFile(handle_of(file)) == 0 ||
      ::WriteFile(handle_of(file), pid.data(), static_cast<DWORD>(pid.size()), &written, nullptr) == 0)
    return os_error("write " + path, last_error());
  return file;
}

// No manager of Windows passes a pipe.
Result<std::optional<UniqueHandle>> inherited_listener() { return std::optional<UniqueHandle>{}; }

// The task scheduler wants to know nothing.
void notify_manager(const std::string&) {}

bool logs_to_journal() { return false; }

void tell_ready(int descriptor) {
  static_cast<void>(::_write(descriptor, "1\n", 2) == 2);
  ::_close(descriptor);
}

std::string find_host_program() {
  const auto self = to_wide(program_path());
  if (!self) return {};
  const auto folder = fs::path(*self).parent_path();
  const auto elsewhere = folder / PTYD_LIBEXEC_FROM_BIN / "ptyd-host.exe";
  std::error_code ignored;
  const bool moved = !fs::exists(folder / "ptyd-host.exe", ignored) && fs::exists(elsewhere, ignored);
  const auto found = moved ? fs::weakly_canonical(elsewhere, ignored) : folder / "ptyd-host.exe";
  return to_utf8(found.native());
}

}  // namespace ptyd
