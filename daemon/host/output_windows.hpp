// Output on its way from the console's pipe into the ring, and the waking of the daemon. Windows only.
#pragma once

#include <cstdint>

#include "daemon/host/connection_windows.hpp"
#include "daemon/host/flood_pause.hpp"
#include "daemon/host/operation_windows.hpp"
#include "daemon/host/ring_output.hpp"

namespace ptyd::host {

// An event, or a message to the daemon that has asked for it. The event before stays open, as it may be fetched still.
struct Wakeup {
  Descriptor event;
  Descriptor before;
  Connection* daemon = nullptr;
};
inline void wake(const Wakeup& wakeup) noexcept {
  if (wakeup.daemon != nullptr)
    wakeup.daemon->tell(MessageType::wake);
  else
    ::SetEvent(handle_of(wakeup.event));
}

class Output : public RingOutput<Wakeup> {
 public:
  enum class Turn {
    more,      // a burst: call again
    waiting,   // all is in the ring; event() is set when there is more
    at_floor,  // the floor holds bytes back, and with them reading, until look_again()
    ended,     // the other end was closed, and all is in the ring
  };

  Output() = default;
  ~Output();
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  // 0, or an error.
  int create(std::uint64_t capacity);
  // Both stay ours; who may open this process duplicates them.
  Descriptor::Native ring_handle() const noexcept { return section_.native(); }
  Descriptor::Native wakeup_handle() const noexcept { return wakeup_.event.native(); }
  // For guests; kNone when that can't be had.
  Descriptor::Native read_only_ring() noexcept;

  // A new wake-up event: a fenced daemon keeps the one that it has. 0, or an error.
  int renew_wakeup();
  // Until the next renew_wakeup(), or with null: by the event again.
  void wake_by_message(Connection* daemon) noexcept { wakeup_.daemon = daemon; }

  // From here on `pipe` is read, which must stay open until ended.
  void start(HANDLE pipe) noexcept;
  HANDLE event() const noexcept { return pause_end_ns_ != 0 ? handle_of(timer_) : read_.event(); }
  // Input was passed on: its echo must not wait.
  void typed() noexcept { pause_.typed(monotonic_ns()); }
  // For at most one turn of the loop. `abandoned`: the floor does not count.
  Turn move(bool abandoned);
  // To be called now: nothing would set event().
  bool must_move() const noexcept {
    return pipe_ != nullptr && !at_floor() && !ended_ && !read_.pending() && (pause_end_ns_ == 0 || copied_ < filled_);
  }

 private:
  // A read of its own would hold as much of the ring as long as the session is quiet.
  static constexpr DWORD kBufferBytes = 64 * 1024;

  bool copy(bool abandoned);
  bool take_read();
  void begin_pause();
  bool pausing() noexcept;

  Descriptor section_;
  Descriptor read_only_;  // once somebody has asked
  void* mapped_ = nullptr;
  HANDLE pipe_ = nullptr;  // the console's
  DWORD filled_ = 0;       // bytes in buffer_, of which copied_ are in the ring
  DWORD copied_ = 0;
  bool ended_ = false;
  FloodPause pause_;
  Descriptor timer_;                // none: the system has no fine ones, and reading never pauses
  std::uint64_t pause_end_ns_ = 0;  // 0: reading does not pause
  std::byte buffer_[kBufferBytes];
  Operation read_;  // last: it ends before the buffer does
};

}  // namespace ptyd::host
