// Output on its way from the pty into the ring, and the waking of the daemon.
#pragma once

#include <cstdint>

#include "daemon/host/descriptor.hpp"
#include "daemon/host/os.hpp"
#include "daemon/host/output_ring.hpp"
#include "daemon/host/pacing.hpp"

namespace ptyd::host {

class Output {
 public:
  enum class Turn {
    more,      // a burst: call again, without asking whether there is something to read
    quiet,     // a short read: there may be more, the poller knows
    drained,   // nothing to read now
    at_floor,  // the floor forbids reading until look_again()
    hung_up,   // nobody has the tty open
  };

  // 0, or an errno.
  int create(std::uint64_t capacity);
  RingHeader& header() noexcept { return ring_.header(); }
  std::uint64_t head() const noexcept { return ring_.head(); }
  Descriptor::Native ring_handle() const noexcept { return memory_.native(); }

  // A new wake-up descriptor: a fenced daemon that reads its own can't take a wake-up from its successor.
  // 0, or an errno.
  int renew_wakeup();
  Descriptor::Native wakeup_handle() const noexcept { return wakeup_.to_read.native(); }

  // Reads for at most one turn of the loop. `abandoned`: the floor does not count.
  Turn read(int pty, bool abandoned);
  bool in_burst() const noexcept { return burst_; }
  bool at_floor() const noexcept { return at_floor_; }
  void look_again() noexcept;

  // Input has moved.
  void wake_for_input() noexcept;

 private:
  Turn stop_at_floor() noexcept;
  void begin_burst() noexcept;
  void end_burst() noexcept;
  void wake_for_output() noexcept;
  void note_time() noexcept;
  void pace() noexcept;

  Descriptor memory_;
  OutputRing ring_;
  Wakeup wakeup_;
  Pacing pacing_;
  bool burst_ = false;
  bool at_floor_ = false;
  std::uint64_t noted_ms_ = 0;
};

}  // namespace ptyd::host
