#include "daemon/hostlink/service_host_windows.hpp"

#include <spdlog/spdlog.h>

#include <array>
#include <cstdint>

#include "common/escape.hpp"
#include "common/handle_windows.hpp"
#include "common/pipe_windows.hpp"
#include "common/service_process_windows.hpp"
#include "common/wide_string.hpp"
#include "daemon/hostlink/random_pipe_windows.hpp"

namespace ptyd {

namespace {

constexpr DWORD kStartMs = 30'000;  // for the new process to come to its first lines

// What was begun on `pipe` with `call` to its end. False when it failed or took too long.
bool finish(HANDLE pipe, OVERLAPPED& call, bool ok) {
  DWORD bytes = 0;
  if (!ok && ::GetLastError() == ERROR_PIPE_CONNECTED) return true;
  if (!ok && ::GetLastError() != ERROR_IO_PENDING) return false;
  if (::WaitForSingleObject(call.hEvent, kStartMs) != WAIT_OBJECT_0) ::CancelIoEx(pipe, &call);
  return ::GetOverlappedResult(pipe, &call, &bytes, TRUE) != 0;
}

bool accept(HANDLE pipe, HANDLE event, DWORD from) {
  OVERLAPPED call{};
  call.hEvent = event;
  ULONG peer = 0;
  return finish(pipe, call, ::ConnectNamedPipe(pipe, &call) != 0) && ::GetNamedPipeClientProcessId(pipe, &peer) != 0 &&
         peer == from;
}

bool write(HANDLE pipe, HANDLE event, const void* bytes, DWORD size) {
  OVERLAPPED call{};
  call.hEvent = event;
  return finish(pipe, call, ::WriteFile(pipe, bytes, size, nullptr, &call) != 0);
}

// The value of a copy in the other process; 0 when there can be none.
std::uint64_t give(HANDLE process, const UniqueHandle& handle) {
  HANDLE theirs = nullptr;
  if (handle)
    ::DuplicateHandle(::GetCurrentProcess(), handle_of(handle), process, &theirs, 0, FALSE, DUPLICATE_SAME_ACCESS);
  return reinterpret_cast<std::uint64_t>(theirs);
}

}  // namespace

DWORD start_host_by_service(const std::wstring& program, const HostHandles& handles) {
  const auto name = random_pipe_name("ptyd-start-");
  const auto wide_name = to_wide(name);
  const auto pipe = make_pipe_instance(name, true);
  const auto event = own_handle(::CreateEventW(nullptr, TRUE, FALSE, nullptr));
  if (!wide_name || !pipe || !event) return ERROR_NOT_ENOUGH_MEMORY;
  std::array<wchar_t, MAX_PATH> folder{};
  ::GetSystemDirectoryW(folder.data(), static_cast<UINT>(folder.size()));
  // The host itself needs nothing of our environment: that of the program is in the spec.
  const auto pid = start_by_service({L"\"" + program + L"\" " + *wide_name, folder.data(), {}});
  if (!pid) {
    spdlog::warn("{}", escape_text(pid.error().message));
    return ERROR_SERVICE_NOT_ACTIVE;
  }
  const auto process = own_handle(::OpenProcess(PROCESS_DUP_HANDLE, FALSE, *pid));
  if (!process) return ::GetLastError();
  if (!accept(handle_of(*pipe), handle_of(event), *pid)) return ERROR_PIPE_NOT_CONNECTED;
  const HANDLE host = handle_of(process);
  const std::array<std::uint64_t, 3> values{give(host, handles.spec), give(host, handles.answer),
                                            give(host, handles.record)};
  if (values[0] == 0 || values[1] == 0 || (handles.record && values[2] == 0)) return ERROR_INVALID_HANDLE;
  return write(handle_of(*pipe), handle_of(event), values.data(), sizeof values) ? 0 : DWORD{ERROR_BROKEN_PIPE};
}

}  // namespace ptyd
