#include "daemon/host/resize_helper_windows.hpp"

#ifdef PTYD_TEST_HOOKS

#include <algorithm>
#include <atomic>
#include <cstdio>

#include "daemon/host/handle_windows.hpp"

namespace ptyd::host {

namespace {

constexpr int kNotImplemented = static_cast<int>(E_NOTIMPL & 0xffff);
constexpr DWORD kHelperMs = 10'000;
constexpr std::uint16_t kMaxSide = 1000;
constexpr std::size_t kMaxLine = MAX_PATH + 64;

// Shared with the thread, which lives as long as the process.
wchar_t helper[MAX_PATH];
std::uint32_t console_of = 0;
std::atomic<std::uint32_t> wanted{0};  // columns, and rows in the upper half
HANDLE changed = nullptr;

bool under_wine() noexcept {
  const HMODULE ntdll = ::GetModuleHandleW(L"ntdll.dll");
  return ntdll != nullptr && ::GetProcAddress(ntdll, "wine_get_version") != nullptr;
}

DWORD WINAPI resize_when_asked(void*) noexcept {
  while (::WaitForSingleObject(changed, INFINITE) == WAIT_OBJECT_0) {
    const std::uint32_t size = wanted.load();
    wchar_t line[kMaxLine];
    std::swprintf(line, kMaxLine, L"\"%ls\" resize %u %u %u", helper, static_cast<unsigned>(console_of),
                  static_cast<unsigned>(size & 0xffff), static_cast<unsigned>(size >> 16));
    STARTUPINFOW info{};
    info.cb = sizeof info;
    PROCESS_INFORMATION made{};
    if (::CreateProcessW(helper, line, nullptr, nullptr, FALSE, DETACHED_PROCESS, nullptr, nullptr, &info, &made) == 0)
      continue;
    const Descriptor process = own_handle(made.hProcess);
    const Descriptor thread = own_handle(made.hThread);
    ::WaitForSingleObject(made.hProcess, kHelperMs);
  }
  return 0;
}

bool start(std::uint32_t pid) noexcept {
  const DWORD length = ::GetEnvironmentVariableW(L"PTYD_TEST_CONSOLE_HELPER", helper, MAX_PATH);
  if (length == 0 || length >= MAX_PATH || !under_wine()) return false;
  console_of = pid;
  changed = ::CreateEventW(nullptr, FALSE, FALSE, nullptr);
  const Descriptor thread = own_handle(::CreateThread(nullptr, 0, &resize_when_asked, nullptr, 0, nullptr));
  return changed != nullptr && static_cast<bool>(thread);
}

}  // namespace

void resize_by_helper(int error, std::uint32_t pid, const Resize& size) noexcept {
  if (error != kNotImplemented) return;
  static const bool started = start(pid);
  if (!started) return;
  const std::uint32_t rows = std::clamp<std::uint16_t>(size.rows, 1, kMaxSide);
  wanted.store(std::clamp<std::uint16_t>(size.cols, 1, kMaxSide) | rows << 16);
  ::SetEvent(changed);
}

}  // namespace ptyd::host

#endif
