// Stands for a conpty.dll that works: the system's functions, and a file that says from where it was loaded.
#include <windows.h>

#include <string>

namespace {

// Into the file that PTYD_TEST_CONPTY_SAYS names.
void say_where() {
  static const char here = 0;
  HMODULE module = nullptr;
  std::wstring path(32768, L'\0');
  std::wstring file(32768, L'\0');
  ::GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
                       reinterpret_cast<const wchar_t*>(&here), &module);
  path.resize(::GetModuleFileNameW(module, path.data(), static_cast<DWORD>(path.size())));
  file.resize(::GetEnvironmentVariableW(L"PTYD_TEST_CONPTY_SAYS", file.data(), static_cast<DWORD>(file.size())));
  const HANDLE to = ::CreateFileW(file.c_str(), GENERIC_WRITE, 0, nullptr, CREATE_ALWAYS, 0, nullptr);
  DWORD written = 0;
  ::WriteFile(to, path.data(), static_cast<DWORD>(path.size() * sizeof(wchar_t)), &written, nullptr);
  ::CloseHandle(to);
}

}  // namespace

extern "C" {

__declspec(dllexport) HRESULT WINAPI
    ConptyCreatePseudoConsole(COORD size, HANDLE in, HANDLE out, DWORD flags, HPCON* console) {
  say_where();
  return ::CreatePseudoConsole(size, in, out, flags, console);
}

__declspec(dllexport) HRESULT WINAPI ConptyResizePseudoConsole(HPCON console, COORD size) {
  return ::ResizePseudoConsole(console, size);
}

__declspec(dllexport) void WINAPI ConptyClosePseudoConsole(HPCON console) { ::ClosePseudoConsole(console); }
}
