// The client's end of a pipe, for threads of a test: every call waits, at most until its deadline. Windows only.
#pragma once

#include <windows.h>

#include <chrono>
#include <string>
#include <string_view>
#include <thread>

#include "common/handle_windows.hpp"
#include "common/local_endpoint.hpp"

namespace ptyd {

class PipeClient {
 public:
  // Connects; tries again while all instances of the pipe are busy.
  explicit PipeClient(const std::string& name) {
    const auto deadline = std::chrono::steady_clock::now() + kLimit;
    for (;;) {
      auto pipe = connect_local(name);
      if (pipe) pipe_ = std::move(*pipe);
      if (pipe || pipe.error().os_error != ERROR_PIPE_BUSY || std::chrono::steady_clock::now() >= deadline) return;
      std::this_thread::yield();
    }
  }
  bool connected() const noexcept { return static_cast<bool>(pipe_); }
  void close() noexcept { pipe_.reset(); }

  // False: the server is gone, or does not read in time.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const DWORD sent = transfer([bytes](HANDLE pipe, OVERLAPPED* operation) {
        return ::WriteFile(pipe, bytes.data(), static_cast<DWORD>(bytes.size()), nullptr, operation);
      });
      if (sent == 0) return false;
      bytes.remove_prefix(sent);
    }
    return true;
  }
  // What there is, at least a byte; nothing when the server is gone, or sends nothing in time.
  std::string receive() {
    std::string room(64 * 1024, '\0');
    room.resize(transfer([&room](HANDLE pipe, OVERLAPPED* operation) {
      return ::ReadFile(pipe, room.data(), static_cast<DWORD>(room.size()), nullptr, operation);
    }));
    return room;
  }
  // So many bytes, or less when the server is gone or too slow.
  std::string receive(std::size_t size) {
    std::string all;
    while (all.size() < size) {
      const auto some = receive();
      if (some.empty()) break;
      all += some;
    }
    return all;
  }

 private:
  static constexpr std::chrono::seconds kLimit{60};

  template <class Call>
  DWORD transfer(Call call) {
    OVERLAPPED operation{};
    const auto event = own_handle(::CreateEventW(nullptr, TRUE, FALSE, nullptr));
    operation.hEvent = handle_of(event);
    const HANDLE pipe = handle_of(pipe_);
    if (call(pipe, &operation) == 0 && ::GetLastError() != ERROR_IO_PENDING) return 0;
    const auto limit = std::chrono::duration_cast<std::chrono::milliseconds>(kLimit);
    if (::WaitForSingleObject(operation.hEvent, static_cast<DWORD>(limit.count())) != WAIT_OBJECT_0)
      ::CancelIoEx(pipe, &operation);
    DWORD size = 0;
    return ::GetOverlappedResult(pipe, &operation, &size, TRUE) != 0 ? size : 0;
  }

  UniqueHandle pipe_;
};

}  // namespace ptyd
