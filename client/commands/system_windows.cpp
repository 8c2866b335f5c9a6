#include "client/commands/system.hpp"

#include <windows.h>

#include <csignal>
#include <filesystem>

#include "client/commands/process_windows.hpp"
#include "client/terminal/outer_terminal.hpp"
#include "common/handle_windows.hpp"
#include "common/wide_string.hpp"

namespace ptyd {

namespace {

constexpr UINT kEndedByControlC = 0xc000013a;  // STATUS_CONTROL_C_EXIT
constexpr std::size_t kMaxOutput = 64 * 1024;

HANDLE handle_of_stream(StandardStream stream) noexcept {
  switch (stream) {
    case StandardStream::in: return ::GetStdHandle(STD_INPUT_HANDLE);
    case StandardStream::out: return ::GetStdHandle(STD_OUTPUT_HANDLE);
    case StandardStream::error: break;
  }
  return ::GetStdHandle(STD_ERROR_HANDLE);
}

StandardHandles own_streams() noexcept {
  return {handle_of_stream(StandardStream::in), handle_of_stream(StandardStream::out),
          handle_of_stream(StandardStream::error)};
}

// "-" is not owned by who asks: a duplicate.
Result<UniqueHandle> open_for_reading(const std::string& path) {
  UniqueHandle file;
  if (path == "-") {
    HANDLE copy = nullptr;
    const HANDLE self = ::GetCurrentProcess();
    if (::DuplicateHandle(self, handle_of_stream(StandardStream::in), self, &copy, 0, FALSE, DUPLICATE_SAME_ACCESS) !=
        0)
      file = own_handle(copy);
  } else {
    const auto wide = to_wide(path);
    if (!wide) return wide.error();
    file = own_handle(::CreateFileW(wide->c_str(), GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                                    nullptr, OPEN_EXISTING, 0, nullptr));
  }
  if (file) return file;
  auto error = os_error("open " + path, last_error());
  error.code = errc::failed_precondition;
  return error;
}

// The end of a pipe is told as an error.
bool is_end(DWORD error) noexcept { return error == ERROR_BROKEN_PIPE || error == ERROR_HANDLE_EOF; }

Result<void> read_all(HANDLE file, const std::string& name, const std::function<Result<void>(std::string_view)>& take) {
  std::vector<char> room(64 * 1024);
  for (;;) {
    DWORD size = 0;
    if (::ReadFile(file, room.data(), static_cast<DWORD>(room.size()), &size, nullptr) == 0) {
      if (is_end(::GetLastError())) return {};
      return os_error("read " + name, last_error());
    }
    if (size == 0) return {};
    if (auto fine = take(std::string_view(room.data(), size)); !fine) return fine;
  }
}

Result<void> write_all(const std::string& path, std::string_view text) {
  const auto wide = to_wide(path);
  if (!wide) return wide.error();
  const auto file = own_handle(
      ::CreateFileW(wide->c_str(), GENERIC_WRITE, 0, nullptr, CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, nullptr));
  if (!file) return os_error("write " + path, last_error());
  while (!text.empty()) {
    DWORD size = 0;
    if (::WriteFile(handle_of(file), text.data(), static_cast<DWORD>(text.size()), &size, nullptr) == 0)
      return os_error("write " + path, last_error());
    text.remove_prefix(size);
  }
  return {};
}

LONG WINAPI restore_and_crash(EXCEPTION_POINTERS*) {
  OuterTerminal::emergency_restore();
  return EXCEPTION_CONTINUE_SEARCH;
}

// On a thread of the system's; the process ends when it returns from a close.
BOOL WINAPI restore_and_close(DWORD event) {
  if (event == CTRL_CLOSE_EVENT || event == CTRL_LOGOFF_EVENT || event == CTRL_SHUTDOWN_EVENT)
    OuterTerminal::emergency_restore();
  return FALSE;
}

}  // namespace

// For reading and writing both, as the modes and the size of a console can be asked for only so. The handles stay open
// for as long as the process lives.
void complete_standard_streams() noexcept {
  struct Stream {
    DWORD which;
    const wchar_t* console;
  };
  for (const Stream& stream : {Stream{STD_INPUT_HANDLE, L"CONIN$"}, Stream{STD_OUTPUT_HANDLE, L"CONOUT$"},
                               Stream{STD_ERROR_HANDLE, L"CONOUT$"}}) {
    const HANDLE given = ::GetStdHandle(stream.which);
    if (given != nullptr && given != INVALID_HANDLE_VALUE) continue;
    const HANDLE console = ::CreateFileW(stream.console, GENERIC_READ | GENERIC_WRITE,
                                         FILE_SHARE_READ | FILE_SHARE_WRITE, nullptr, OPEN_EXISTING, 0, nullptr);
    if (console != INVALID_HANDLE_VALUE) ::SetStdHandle(stream.which, console);
  }
}

bool is_terminal(StandardStream stream) noexcept {
  DWORD mode = 0;
  return ::GetConsoleMode(handle_of_stream(stream), &mode) != 0;
}

std::size_t output_columns() noexcept {
  CONSOLE_SCREEN_BUFFER_INFO info{};
  if (::GetConsoleScreenBufferInfo(handle_of_stream(StandardStream::out), &info) == 0) return 0;
  const int columns = info.srWindow.Right - info.srWindow.Left + 1;
  return columns > 0 ? static_cast<std::size_t>(columns) : 0;
}

// Entries that begin with '=' are the system's own, such as the folder of each drive.
std::vector<std::pair<std::string, std::string>> environment() {
  std::vector<std::pair<std::string, std::string>> result;
  wchar_t* const all = ::GetEnvironmentStringsW();
  for (const wchar_t* entry = all; entry != nullptr && *entry != L'\0';) {
    const std::wstring_view text(entry);
    const auto equals = text.find(L'=');
    if (equals != std::wstring_view::npos && equals > 0)
      result.emplace_back(to_utf8(text.substr(0, equals)), to_utf8(text.substr(equals + 1)));
    entry += text.size() + 1;
  }
  if (all != nullptr) ::FreeEnvironmentStringsW(all);
  return result;
}

Result<void> read_file(const std::string& path, const std::function<Result<void>(std::string_view)>& take) {
  const auto file = open_for_reading(path);
  if (!file) return file.error();
  return read_all(handle_of(*file), path, take);
}

Result<void> write_file(const std::string& path, std::string_view text) {
  const auto to = to_wide(path);
  const auto from = to_wide(path + ".new");
  if (!to) return to.error();
  std::error_code failed;
  const auto folder = std::filesystem::path(*to).parent_path();
  std::filesystem::create_directories(folder, failed);
  if (failed) return os_error("make the folder of " + path, failed.value());
  if (auto written = write_all(path + ".new", text); !written) return written;
  if (::MoveFileExW(from->c_str(), to->c_str(), MOVEFILE_REPLACE_EXISTING) == 0)
    return os_error("write " + path, last_error());
  return {};
}

// Windows has no way to become another program: it is waited for, and its end is ours.
Error replace_program(const std::vector<std::string>& arguments) {
  const auto process = start_program(arguments, own_streams());
  if (!process) return process.error();
  const auto status = exit_status(*process);
  if (!status) return status.error();
  ::ExitProcess(static_cast<UINT>(*status));
}

Result<int> run_program(const std::vector<std::string>& arguments, std::string* output) {
  HANDLE read_end = nullptr;
  HANDLE write_end = nullptr;
  if (::CreatePipe(&read_end, &write_end, nullptr, 0) == 0) return os_error("make a pipe", last_error());
  const auto from = own_handle(read_end);
  auto to = own_handle(write_end);
  const HANDLE messages = handle_of_stream(StandardStream::error);
  const StandardHandles handles = output != nullptr ? StandardHandles{nullptr, handle_of(to), nullptr}
                                                    : StandardHandles{nullptr, messages, messages};
  const auto process = start_program(arguments, handles);
  to.reset();
  if (!process) return process.error();
  const auto take = [output](std::string_view bytes) -> Result<void> {
    if (output != nullptr && output->size() < kMaxOutput) output->append(bytes);
    return {};
  };
  if (auto read = read_all(handle_of(from), "what " + arguments.front() + " prints", take); !read) return read.error();
  return exit_status(*process);
}

void guard_terminal_against_crashes() noexcept {
  ::SetUnhandledExceptionFilter(restore_and_crash);
  ::SetConsoleCtrlHandler(restore_and_close, TRUE);
}

void end_by_signal(int number) noexcept {
  const bool interrupted = number == SIGINT || number == SIGBREAK;
  ::TerminateProcess(::GetCurrentProcess(), interrupted ? kEndedByControlC : static_cast<UINT>(128 + number));
  ::ExitProcess(kEndedByControlC);
}

// A write to a pipe that nobody reads fails, and that is all.
void ignore_broken_pipes() noexcept {}

}  // namespace ptyd
