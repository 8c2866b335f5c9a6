// The program that tests of text run inside sessions on Windows.
//
//   report FILE ARGUMENT...   writes what it was started with into FILE, one JSON object
//   in_console COMMAND_LINE   starts that with the console as its standard handles, which Wine gives to no program in a
//                             pseudoconsole; ends with its exit code
#include <windows.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

// UTF-16 units, so that nothing is lost on the way.
std::string json_text(std::wstring_view text) {
  std::string result = "\"";
  for (const wchar_t unit : text) {
    char escaped[8];
    std::snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned>(unit));
    result += escaped;
  }
  return result + "\"";
}

std::wstring own_file() {
  std::wstring path(32768, L'\0');
  path.resize(::GetModuleFileNameW(nullptr, path.data(), static_cast<DWORD>(path.size())));
  return path;
}

std::wstring folder() {
  std::wstring path(32768, L'\0');
  path.resize(::GetCurrentDirectoryW(static_cast<DWORD>(path.size()), path.data()));
  return path;
}

std::string variables() {
  std::string result;
  wchar_t* const all = ::GetEnvironmentStringsW();
  for (const wchar_t* entry = all; *entry != L'\0'; entry += std::wstring_view(entry).size() + 1)
    result += (result.empty() ? "[" : ",") + json_text(entry);
  ::FreeEnvironmentStringsW(all);
  return result + "]";
}

// Line by line, without the C runtime: it expands patterns in some builds.
int report(const wchar_t* file) {
  const std::string text = "{\"command_line\":" + json_text(::GetCommandLineW()) +
                           ",\"file\":" + json_text(own_file()) + ",\"folder\":" + json_text(folder()) +
                           ",\"code_page\":" + std::to_string(::GetACP()) + ",\"environment\":" + variables() + "}\n";
  const HANDLE to = ::CreateFileW(file, GENERIC_WRITE, 0, nullptr, CREATE_NEW, 0, nullptr);
  DWORD written = 0;
  if (to == INVALID_HANDLE_VALUE ||
      ::WriteFile(to, text.data(), static_cast<DWORD>(text.size()), &written, nullptr) == 0)
    return 90;
  ::CloseHandle(to);
  return 0;
}

HANDLE open_console(const wchar_t* name) {
  SECURITY_ATTRIBUTES inherited{sizeof inherited, nullptr, TRUE};
  return ::CreateFileW(name, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, &inherited,
                       OPEN_EXISTING, 0, nullptr);
}

int run_in_console(std::wstring line) {
  STARTUPINFOW info{};
  info.cb = sizeof info;
  info.dwFlags = STARTF_USESTDHANDLES;
  info.hStdInput = open_console(L"CONIN$");
  info.hStdOutput = info.hStdError = open_console(L"CONOUT$");
  PROCESS_INFORMATION made{};
  if (::CreateProcessW(nullptr, line.data(), nullptr, nullptr, TRUE, 0, nullptr, nullptr, &info, &made) == 0) return 91;
  DWORD code = 0;
  ::WaitForSingleObject(made.hProcess, INFINITE);
  ::GetExitCodeProcess(made.hProcess, &code);
  return static_cast<int>(code);
}

}  // namespace

// Of the arguments only the first two are looked at here: their places are the same in the system's command line.
int wmain(int argc, wchar_t** argv) {
  const std::wstring_view what = argc > 2 ? argv[1] : L"";
  if (what == L"report") return report(argv[2]);
  if (what == L"in_console") return run_in_console(argv[2]);
  return 2;
}
