// A name for a pipe of one test, and both ends of a pipe. Windows only.
#pragma once

#include <windows.h>

#include <atomic>
#include <string>

#include "common/handle_windows.hpp"

namespace ptyd {

inline std::string unused_pipe_name() {
  static std::atomic<unsigned> last{0};
  return R"(\\.\pipe\ptyd-test-)" + std::to_string(::GetCurrentProcessId()) + "-" + std::to_string(++last);
}

// Lets a client that has opened `server`'s pipe in; it must have done so already.
inline bool accept_client(const UniqueHandle& server) {
  OVERLAPPED operation{};
  const auto event = own_handle(::CreateEventW(nullptr, TRUE, FALSE, nullptr));
  operation.hEvent = handle_of(event);
  if (::ConnectNamedPipe(handle_of(server), &operation) != 0) return true;
  const DWORD reason = ::GetLastError();
  if (reason == ERROR_PIPE_CONNECTED) return true;
  DWORD ignored = 0;
  return reason == ERROR_IO_PENDING && ::GetOverlappedResult(handle_of(server), &operation, &ignored, TRUE) != 0;
}

}  // namespace ptyd
