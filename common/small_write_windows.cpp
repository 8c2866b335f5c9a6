#include "common/small_write_windows.hpp"

#include <cstdint>

#include "common/handle_windows.hpp"

namespace ptyd {

namespace {

constexpr std::uintptr_t kNoPacket = 1;

HANDLE make_event() {
  const HANDLE event = ::CreateEventW(nullptr, TRUE, FALSE, nullptr);
  if (event == nullptr) throw boost::system::system_error(last_error(), boost::system::system_category());
  return event;
}

}  // namespace

SmallWrite::SmallWrite(boost::asio::any_io_executor executor) : event_(executor, make_event()) {}

SmallWrite::~SmallWrite() {
  cancel();
  if (in_flight_) ::WaitForSingleObject(event_.native_handle(), INFINITE);
}

bool SmallWrite::pending() const noexcept { return in_flight_ && !HasOverlappedIoCompleted(&overlapped_); }

std::optional<int> SmallWrite::begin(HANDLE pipe, std::string_view bytes) noexcept {
  pipe_ = pipe;
  overlapped_ = {};
  overlapped_.hEvent = reinterpret_cast<HANDLE>(reinterpret_cast<std::uintptr_t>(event_.native_handle()) | kNoPacket);
  in_flight_ = true;
  const BOOL done = ::WriteFile(pipe, bytes.data(), static_cast<DWORD>(bytes.size()), nullptr, &overlapped_);
  if (done == 0 && ::GetLastError() == ERROR_IO_PENDING) return std::nullopt;
  in_flight_ = false;
  return done != 0 ? 0 : last_error();
}

void SmallWrite::cancel() noexcept {
  if (pending()) ::CancelIoEx(pipe_, &overlapped_);
}

int SmallWrite::take() noexcept {
  DWORD written = 0;
  const BOOL done = ::GetOverlappedResult(pipe_, &overlapped_, &written, TRUE);
  in_flight_ = false;
  return done != 0 ? 0 : last_error();
}

}  // namespace ptyd
