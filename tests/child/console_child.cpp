// The program that tests run inside sessions on Windows. It opens its console itself: under Wine no program in a
// pseudoconsole has standard handles.
//
//   exit CODE            ends with that 32-bit code
//   say TEXT             writes TEXT and a line end
//   echo                 writes back each line in [], until the line "end"
//   env NAME...          writes NAME=value for each
//   cwd                  writes its folder
//   handles              writes which standard handles reach something else than a console: "none" is right
//   spew BYTES           writes that many letters
//   tree                 starts itself with `wait`, writes "child PID", waits
//   wait                 waits until it is ended
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
  for (std::string line = read_line(); line != "end"; line = read_line()) write("[" + line + "]\r\n");
  return 0;
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

}  // namespace

int main(int argc, char** argv) {
  const std::string what = argc > 1 ? argv[1] : "";
  if (what == "exit" && argc > 2) ::ExitProcess(static_cast<UINT>(std::strtoul(argv[2], nullptr, 0)));
  if (what == "say" && argc > 2) write(std::string(argv[2]) + "\r\n");
  if (what == "echo") return echo();
  if (what == "env") return show_environment(argc, argv);
  if (what == "cwd") return show_folder();
  if (what == "handles") return show_handles();
  if (what == "spew" && argc > 2) return spew(std::strtoul(argv[2], nullptr, 0));
  if (what == "tree") return start_tree();
  if (what == "wait") ::Sleep(INFINITE);
  return 0;
}
