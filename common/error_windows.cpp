#include <windows.h>

#include "common/error.hpp"
#include "common/wide_string.hpp"

namespace ptyd {

std::string os_message(int error_number) {
  wchar_t* text = nullptr;
  const DWORD size =
      ::FormatMessageW(FORMAT_MESSAGE_ALLOCATE_BUFFER | FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS,
                       nullptr, static_cast<DWORD>(error_number), 0, reinterpret_cast<wchar_t*>(&text), 0, nullptr);
  std::string message = size > 0 ? to_utf8({text, size}) : std::string();
  ::LocalFree(text);
  while (!message.empty() && (message.back() == '\n' || message.back() == '\r' || message.back() == '.'))
    message.pop_back();
  if (message.empty()) message = "error " + std::to_string(static_cast<DWORD>(error_number));
  return message;
}

namespace {

errc code_for(DWORD error_number) {
  switch (error_number) {
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
    case ERROR_INVALID_DRIVE:
    case ERROR_BAD_NETPATH: return errc::not_found;
    case ERROR_ACCESS_DENIED:
    case ERROR_PRIVILEGE_NOT_HELD: return errc::permission_denied;
    case ERROR_ALREADY_EXISTS:
    case ERROR_FILE_EXISTS: return errc::already_exists;
    case ERROR_SHARING_VIOLATION:
    case ERROR_LOCK_VIOLATION: return errc::busy;
    case ERROR_TOO_MANY_OPEN_FILES:
    case ERROR_NOT_ENOUGH_MEMORY:
    case ERROR_OUTOFMEMORY:
    case ERROR_DISK_FULL:
    case ERROR_HANDLE_DISK_FULL:
    case ERROR_NO_SYSTEM_RESOURCES:
    case ERROR_WORKING_SET_QUOTA:
    case ERROR_COMMITMENT_LIMIT:
    case ERROR_NOT_ENOUGH_QUOTA: return errc::resource_exhausted;
    case ERROR_BROKEN_PIPE:
    case ERROR_NO_DATA:
    case ERROR_PIPE_NOT_CONNECTED:
    case ERROR_PIPE_BUSY: return errc::unavailable;
    case ERROR_SEM_TIMEOUT:
    case WAIT_TIMEOUT:
    case ERROR_TIMEOUT: return errc::deadline_exceeded;
    case ERROR_INVALID_PARAMETER:
    case ERROR_INVALID_NAME:
    case ERROR_BAD_PATHNAME:
    case ERROR_DIRECTORY:
    case ERROR_FILENAME_EXCED_RANGE:
    case ERROR_BUFFER_OVERFLOW:
    case ERROR_NO_UNICODE_TRANSLATION: return errc::invalid_argument;
    case ERROR_OPERATION_ABORTED: return errc::cancelled;
    case ERROR_NOT_SUPPORTED:
    case ERROR_CALL_NOT_IMPLEMENTED: return errc::unimplemented;
    default: return errc::internal;
  }
}

}  // namespace

Error os_error(std::string_view what, int error_number) {
  Error error;
  error.os_error = static_cast<std::uint32_t>(error_number);
  error.code = code_for(error.os_error);
  error.message = std::string(what) + ": " + os_message(error_number);
  return error;
}

}  // namespace ptyd
