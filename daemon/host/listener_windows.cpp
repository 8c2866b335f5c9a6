#include "daemon/host/listener_windows.hpp"

#include <cstring>
#include <cwchar>
#include <initializer_list>

#include "daemon/host/command_line.hpp"
#include "daemon/host/heap_block_windows.hpp"

namespace ptyd::host {

namespace {

constexpr DWORD kPipeBytes = 128 * 1024;  // of each direction

}  // namespace

int Listener::open(const char* path) noexcept {
  const HeapBlock<wchar_t> wide(std::strlen(path) + 1);
  if (wide.get() == nullptr) return ERROR_NOT_ENOUGH_MEMORY;
  WideText to(reinterpret_cast<char16_t*>(wide.get()));  // never more units than bytes
  if (!to.add_utf8(path)) return ERROR_NO_UNICODE_TRANSLATION;
  if (const int error = security_.create(); error != 0) return error;
  if (const int error = connecting_.create(); error != 0) return error;
  if (const int error = random_pipe_name(L"ptyd-host-", name_); error != 0) return error;
  if (const int error = make_instance(FILE_FLAG_FIRST_PIPE_INSTANCE); error != 0) return error;
  return make_marker(wide.get());
}

int Listener::make_instance(DWORD first) noexcept {
  waiting_ = own_handle(::CreateNamedPipeW(name_, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED | first,
                                           PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_WAIT | PIPE_REJECT_REMOTE_CLIENTS,
                                           PIPE_UNLIMITED_INSTANCES, kPipeBytes, kPipeBytes, 0, security_.get()));
  if (!waiting_) return last_error();
  connecting_.connect(handle_of(waiting_));
  return 0;
}

// Without FILE_SHARE_DELETE: whoever can delete it knows that its host is gone.
int Listener::make_marker(const wchar_t* path) noexcept {
  for (const bool again : {true, false}) {
    marker_ = own_handle(::CreateFileW(path, GENERIC_WRITE | DELETE, FILE_SHARE_READ, security_.get(), CREATE_NEW,
                                       FILE_ATTRIBUTE_NORMAL | FILE_FLAG_DELETE_ON_CLOSE, nullptr));
    if (marker_) break;
    const int error = last_error();
    if (error != ERROR_FILE_EXISTS) return error;
    if (!again || ::DeleteFileW(path) == 0) return ERROR_ALREADY_EXISTS;
  }
  char name[kPipeNameUnits];
  const DWORD length = static_cast<DWORD>(std::wcslen(name_));
  for (DWORD i = 0; i < length; ++i) name[i] = static_cast<char>(name_[i]);
  DWORD written = 0;
  return ::WriteFile(handle_of(marker_), name, length, &written, nullptr) != 0 ? 0 : last_error();
}

Descriptor Listener::accept() noexcept {
  Descriptor connected;
  if (waiting_) {
    const Outcome outcome = connecting_.take();
    if (outcome.kind == Outcome::Kind::pending) return connected;
    if (outcome.kind == Outcome::Kind::done) connected = static_cast<Descriptor&&>(waiting_);
    waiting_.reset();
  }
  make_instance(0);
  return connected;
}

}  // namespace ptyd::host
