#include "daemon/host/console_windows.hpp"

#include <algorithm>
#include <cwchar>

#include "daemon/host/random_name_windows.hpp"
#include "daemon/host/start_again_windows.hpp"

namespace ptyd::host {

namespace {

constexpr DWORD kPipeBytes = 128 * 1024;
constexpr DWORD kCloserStack = 64 * 1024;
constexpr std::uint16_t kMaxSide = 1000;
constexpr std::size_t kMaxPath = 32768;

template <class Function>
void find(HMODULE module, const char* name, Function& function) noexcept {
  function = reinterpret_cast<Function>(::GetProcAddress(module, name));
}

// The folder of our program, with a backslash, and `name`. False when it is not there.
bool beside_our_program(const wchar_t* name, wchar_t (&path)[kMaxPath]) noexcept {
  const DWORD length = ::GetModuleFileNameW(nullptr, path, kMaxPath);
  if (length == 0 || length >= kMaxPath) return false;
  wchar_t* const slash = std::wcsrchr(path, L'\\');
  if (slash == nullptr || static_cast<std::size_t>(slash + 1 - path) + std::wcslen(name) >= kMaxPath) return false;
  std::wcscpy(slash + 1, name);
  const DWORD attributes = ::GetFileAttributesW(path);
  return attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY) == 0;
}

COORD clamped(const Resize& size) noexcept {
  const auto side = [](std::uint16_t value) {
    return static_cast<SHORT>(std::clamp<std::uint16_t>(value, 1, kMaxSide));
  };
  return {side(size.cols), side(size.rows)};
}

// The low word of what Windows made of an error.
int error_of(HRESULT result) noexcept { return result >= 0 ? 0 : static_cast<int>(result & 0xffff); }

// One-way. `ours` is for overlapped use; `theirs` is not, as older console hosts can't.
int open_pipe(bool we_read, Descriptor& ours, Descriptor& theirs) noexcept {
  wchar_t name[kPipeNameUnits];
  if (const int error = random_pipe_name(L"ptyd-console-", name); error != 0) return error;
  const DWORD direction = we_read ? PIPE_ACCESS_INBOUND : PIPE_ACCESS_OUTBOUND;
  ours = own_handle(::CreateNamedPipeW(name, direction | FILE_FLAG_OVERLAPPED | FILE_FLAG_FIRST_PIPE_INSTANCE,
                                       PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_WAIT | PIPE_REJECT_REMOTE_CLIENTS, 1,
                                       kPipeBytes, kPipeBytes, 0, nullptr));
  if (!ours) return last_error();
  const DWORD access = we_read ? GENERIC_WRITE | FILE_READ_ATTRIBUTES : GENERIC_READ | FILE_WRITE_ATTRIBUTES;
  theirs = own_handle(
      ::CreateFileW(name, access, 0, nullptr, OPEN_EXISTING, SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION, nullptr));
  return theirs ? 0 : last_error();
}

}  // namespace

ConsoleFunctions bundled_console_functions(bool& there) noexcept {
  static wchar_t path[kMaxPath];
  ConsoleFunctions functions;
  const bool program = beside_our_program(L"OpenConsole.exe", path);
  const bool library = beside_our_program(L"conpty.dll", path);  // whose path stays
  there = program || library;
  if (!program || !library) return functions;
  const HMODULE module =
      ::LoadLibraryExW(path, nullptr, LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR | LOAD_LIBRARY_SEARCH_SYSTEM32);
  if (module == nullptr) return functions;
  find(module, "ConptyCreatePseudoConsole", functions.create);
  find(module, "ConptyResizePseudoConsole", functions.resize);
  find(module, "ConptyClosePseudoConsole", functions.close);
  find(module, "ConptyReleasePseudoConsole", functions.release);
  return functions;
}

ConsoleFunctions system_console_functions() noexcept {
  ConsoleFunctions functions;
  const HMODULE module = ::GetModuleHandleW(L"kernel32.dll");
  if (module == nullptr) return functions;
  find(module, "CreatePseudoConsole", functions.create);
  find(module, "ResizePseudoConsole", functions.resize);
  find(module, "ClosePseudoConsole", functions.close);
  find(module, "ReleasePseudoConsole", functions.release);
  return functions;
}

Console::~Console() {
  if (!closer_) return;
  close_output();
  begin_close();
  ::WaitForSingleObject(handle_of(closer_), INFINITE);
}

int Console::open(const Resize& size) noexcept {
  if (const int error = open_pipe(true, output_, their_output_); error != 0) return error;
  if (const int error = open_pipe(false, input_, their_input_); error != 0) return error;
  if (const int error = start_closer(); error != 0) return error;
  bool there = false;
  if (create_with(bundled_console_functions(there), size) == 0) return 0;
  passed_over_bundle_ = there;
  return create_with(system_console_functions(), size);
}

int Console::create_with(const ConsoleFunctions& functions, const Resize& size) noexcept {
  if (!functions.complete()) return ERROR_PROC_NOT_FOUND;
  const DWORD error = start_again([&]() noexcept {
    return static_cast<DWORD>(
        error_of(functions.create(clamped(size), handle_of(their_input_), handle_of(their_output_), 0, &console_)));
  });
  if (error != 0) return static_cast<int>(error);
  functions_ = functions;
  return 0;
}

int Console::start_closer() noexcept {
  close_asked_ = own_handle(::CreateEventW(nullptr, TRUE, FALSE, nullptr));
  if (!close_asked_) return last_error();
  closer_ = own_handle(
      ::CreateThread(nullptr, kCloserStack, &close_when_asked, this, STACK_SIZE_PARAM_IS_A_RESERVATION, nullptr));
  return closer_ ? 0 : last_error();
}

DWORD Console::close_when_asked(void* console) noexcept {
  const auto* const self = static_cast<Console*>(console);
  ::WaitForSingleObject(handle_of(self->close_asked_), INFINITE);
  if (self->console_ != nullptr) self->functions_.close(self->console_);
  return 0;
}

bool Console::program_started() noexcept {
  their_output_.reset();
  their_input_.reset();
  return functions_.release != nullptr && SUCCEEDED(functions_.release(console_));
}

int Console::resize(const Resize& size) noexcept { return error_of(functions_.resize(console_, clamped(size))); }

void Console::begin_close() noexcept {
  if (closing_) return;
  closing_ = true;
  close_input();
  their_output_.reset();
  their_input_.reset();
  ::SetEvent(handle_of(close_asked_));
}

}  // namespace ptyd::host
