// The program that tests run inside sessions on Windows. It opens its console itself: under Wine no program in a
// pseudoconsole has standard handles.
//
//   exit CODE            ends with that 32-bit code
//   say TEXT             writes TEXT and a line end
//   echo, answer         writes back each line in [], until the line "end" or "end CODE"
//   env NAME...          writes NAME=value for each
//   cwd                  writes its folder
//   handles              writes which standard handles reach something else than a console: "none" is right
//   spew BYTES           writes that many letters
//   text BYTES           writes "ready", reads a line, writes that many bytes of lines, then "end-of-text", and waits
//   tree                 starts itself with `wait`, writes "child PID", waits
//   wait                 waits until it is ended
//   sizes                writes COLSxROWS of its window, and again whenever that changes
//   keys                 switches line input, echo and Ctrl-C off; writes "key CODE" for each character, until "q"
//   run PROGRAM ARG...   runs it in its console, then writes "status NUMBER." and, before and after, "modes IN OUT"
#include <windows.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

HANDLE open_console(const wchar_t* name) {
  const HANDLE console = ::CreateFileW(name, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, nullptr,
                                       OPEN_EXISTING, 0, nullptr);
  if (console == INVALID_HANDLE_VALUE) std::exit(99);
  return console;
}

void write(const std::string& text) {
  static const HANDLE console = open_console(L"CONOUT$");
  DWORD written = 0;
  for (std::size_t at = 0; at < text.size(); at += written)
    if (::WriteFile(console, text.data() + at, static_cast<DWORD>(text.size() - at), &written, nullptr) == 0)
      std::exit(98);
}

// The console gives a line at a time.
std::string read_line() {
  static const HANDLE console = open_console(L"CONIN$");
  static std::string text;
  while (text.find('\n') == std::string::npos) {
    char piece[256];
    DWORD got = 0;
    if (::ReadFile(console, piece, sizeof piece, &got, nullptr) == 0 || got == 0) std::exit(97);
    text.append(piece, got);
  }
  const std::size_t end = text.find('\n');
  std::string line = text.substr(0, end);
  text.erase(0, end + 1);
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return line;
}

int echo() {
  std::string line = read_line();
  for (; line.substr(0, 3) != "end"; line = read_line()) write("[" + line + "]\r\n");
  return line.size() > 4 ? std::atoi(line.c_str() + 4) : 0;
}

int show_environment(int argc, char** argv) {
  for (int i = 2; i < argc; ++i) {
    char value[1024] = {};
    ::GetEnvironmentVariableA(argv[i], value, sizeof value);
    write(std::string(argv[i]) + "=" + value + "\r\n");
  }
  return 0;
}

int show_folder() {
  char folder[MAX_PATH] = {};
  ::GetCurrentDirectoryA(sizeof folder, folder);
  write(std::string("cwd ") + folder + "\r\n");
  return 0;
}

int show_handles() {
  std::string found;
  for (const DWORD which : {STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE}) {
    const HANDLE handle = ::GetStdHandle(which);
    const bool ours = handle == nullptr || handle == INVALID_HANDLE_VALUE || ::GetFileType(handle) == FILE_TYPE_CHAR;
    if (!ours) found += " " + std::to_string(-static_cast<int>(which));
  }
  write("handles" + (found.empty() ? " none" : found) + "\r\n");
  return 0;
}

int spew(std::size_t bytes) {
  const std::string block(4096, 'x');
  for (std::size_t left = bytes; left > 0; left -= std::min(left, block.size()))
    write(block.substr(0, std::min(left, block.size())));
  return 0;
}

int text(std::size_t bytes) {
  write("ready\r\n");
  read_line();
  std::string block;
  while (block.size() < 4096) block += std::string(62, 'a') + "\r\n";
  for (std::size_t left = bytes; left > 0; left -= std::min(left, block.size()))
    write(block.substr(0, std::min(left, block.size())));
  write("\r\nend-of-text\r\n");
  ::Sleep(INFINITE);
  return 0;
}

int start_tree() {
  wchar_t program[MAX_PATH];
  ::GetModuleFileNameW(nullptr, program, MAX_PATH);
  std::wstring line = L"\"" + std::wstring(program) + L"\" wait";
  STARTUPINFOW info{};
  info.cb = sizeof info;
  PROCESS_INFORMATION made{};
  if (::CreateProcessW(program, line.data(), nullptr, nullptr, FALSE, 0, nullptr, nullptr, &info, &made) == 0)
    return 96;
  write("child " + std::to_string(made.dwProcessId) + "\r\n");
  ::Sleep(INFINITE);
  return 0;
}

bool is_window_event(const INPUT_RECORD& record) { return record.EventType == WINDOW_BUFFER_SIZE_EVENT; }

INPUT_RECORD next_event(HANDLE console) {
  INPUT_RECORD record{};
  DWORD count = 0;
  if (::ReadConsoleInputW(console, &record, 1, &count) == 0 || count != 1) std::exit(97);
  return record;
}

std::string window_size(HANDLE console) {
  CONSOLE_SCREEN_BUFFER_INFO info{};
  if (::GetConsoleScreenBufferInfo(console, &info) == 0) std::exit(95);
  return std::to_string(info.srWindow.Right - info.srWindow.Left + 1) + "x" +
         std::to_string(info.srWindow.Bottom - info.srWindow.Top + 1);
}

int show_sizes() {
  const HANDLE input = open_console(L"CONIN$");
  const HANDLE output = open_console(L"CONOUT$");
  if (::SetConsoleMode(input, ENABLE_WINDOW_INPUT) == 0) return 94;
  for (std::string shown;;) {
    const std::string size = window_size(output);
    if (size != shown) write(size + "\r\n");
    shown = size;
    while (!is_window_event(next_event(input))) {
    }
  }
}

int show_keys() {
  const HANDLE input = open_console(L"CONIN$");
  if (::SetConsoleMode(input, 0) == 0) return 94;
  write("ready\r\n");
  for (WCHAR character = 0; character != L'q';) {
    const INPUT_RECORD record = next_event(input);
    if (record.EventType != KEY_EVENT || record.Event.KeyEvent.bKeyDown == FALSE) continue;
    character = record.Event.KeyEvent.uChar.UnicodeChar;
    if (character != 0) write("key " + std::to_string(character) + "\r\n");
  }
  return 0;
}

void show_modes() {
  DWORD input = 0;
  DWORD output = 0;
  if (::GetConsoleMode(open_console(L"CONIN$"), &input) == 0 ||
      ::GetConsoleMode(open_console(L"CONOUT$"), &output) == 0)
    std::exit(94);
  write("modes " + std::to_string(input) + " " + std::to_string(output) + "\r\n");
}

// With the console as its standard handles: Windows does that by itself. The arguments have no quotation marks and no
// backslash at the end.
int run_program(int argc, char** argv) {
  std::string line;
  for (int i = 2; i < argc; ++i) line += std::string(i == 2 ? "" : " ") + "\"" + argv[i] + "\"";
  show_modes();
  STARTUPINFOA info{};
  info.cb = sizeof info;
  info.dwFlags = STARTF_USESTDHANDLES;
  info.hStdInput = open_console(L"CONIN$");
  info.hStdOutput = info.hStdError = open_console(L"CONOUT$");
  for (const HANDLE handle : {info.hStdInput, info.hStdOutput})
    ::SetHandleInformation(handle, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT);
  PROCESS_INFORMATION made{};
  if (::CreateProcessA(nullptr, line.data(), nullptr, nullptr, TRUE, 0, nullptr, nullptr, &info, &made) == 0) return 96;
  ::WaitForSingleObject(made.hProcess, INFINITE);
  DWORD status = 0;
  ::GetExitCodeProcess(made.hProcess, &status);
  show_modes();
  write("status " + std::to_string(status) + ".\r\n");
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string what = argc > 1 ? argv[1] : "";
  if (what == "exit" && argc > 2) ::ExitProcess(static_cast<UINT>(std::strtoul(argv[2], nullptr, 0)));
  if (what == "say" && argc > 2) write(std::string(argv[2]) + "\r\n");
  if (what == "echo" || what == "answer") return echo();
  if (what == "env") return show_environment(argc, argv);
  if (what == "cwd") return show_folder();
  if (what == "handles") return show_handles();
  if (what == "spew" && argc > 2) return spew(std::strtoul(argv[2], nullptr, 0));
  if (what == "text" && argc > 2) return text(std::strtoul(argv[2], nullptr, 0));
  if (what == "tree") return start_tree();
  if (what == "wait") ::Sleep(INFINITE);
  if (what == "sizes") return show_sizes();
  if (what == "keys") return show_keys();
  if (what == "run" && argc > 2) return run_program(argc, argv);
  return 0;
}
