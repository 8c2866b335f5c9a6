// Short writes to a pipe that the loop watches. Windows only.
#pragma once

#include <windows.h>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/windows/object_handle.hpp>
#include <cstddef>
#include <optional>
#include <string_view>

namespace ptyd {

// A pipe takes a short write at once as a rule. Its end is known then, and the loop need not be told of it by a packet.
// One at a time. Lifetime: goes before the pipe does. Source: the low bit of hEvent, GetQueuedCompletionStatus.
class SmallWrite {
 public:
  static constexpr std::size_t kMost = 4096;  // bytes

  // Errors: boost::system::system_error where the system can make no event.
  explicit SmallWrite(boost::asio::any_io_executor executor);
  // Cancels and waits.
  ~SmallWrite();
  SmallWrite(const SmallWrite&) = delete;
  SmallWrite& operator=(const SmallWrite&) = delete;

  // The system has bytes.
  bool pending() const noexcept;
  // What became of it, 0 or an error; none while it is pending, and `bytes` must stay. Not while pending().
  std::optional<int> begin(HANDLE pipe, std::string_view bytes) noexcept;
  // Calls `handler` from the loop, with 0 or an error, when what is pending has ended. Once.
  template <class Handler>
  void when_ended(Handler handler) {
    event_.async_wait([this, handler](const boost::system::error_code&) { handler(take()); });
  }
  // Before the pipe is closed.
  void cancel() noexcept;

 private:
  int take() noexcept;

  boost::asio::windows::object_handle event_;
  HANDLE pipe_ = nullptr;
  OVERLAPPED overlapped_{};
  bool in_flight_ = false;
};

}  // namespace ptyd
