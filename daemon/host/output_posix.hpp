// Output on its way from the pty into the ring, and the waking of the daemon.
#pragma once

#include <cstdint>

#include "daemon/host/custody.hpp"
#include "daemon/host/descriptor.hpp"
#include "daemon/host/os.hpp"
#include "daemon/host/output_rate.hpp"
#include "daemon/host/pacing.hpp"
#include "daemon/host/ring_output.hpp"

namespace ptyd::host {

class Output : public RingOutput<Wakeup> {
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
  // Goes on in the ring of a dead host, which what_is_left() looks at. 0, or an errno.
  int adopt(Descriptor memory);
  void restore_head(std::uint64_t head) noexcept { ring_.restore_head(head); }
  Descriptor::Native ring_handle() const noexcept { return memory_.native(); }
  // For guests; kNone when that can't be had.
  Descriptor::Native read_only_ring() noexcept {
    if (!read_only_) read_only_ = read_only(memory_);
    return read_only_.native();
  }

  // A new wake-up descriptor: a fenced daemon that reads its own can't take a wake-up from its successor.
  // 0, or an errno.
  int renew_wakeup();
  Descriptor::Native wakeup_handle() const noexcept { return wakeup_.to_read.native(); }

  // Reads for at most one turn of the loop. `abandoned`: the floor does not count.
  Turn read(int pty, bool abandoned, Custody& custody);
  using RingOutput::in_burst;

 private:
  void pace(std::size_t read_bytes) noexcept;
  void note_rate(std::size_t read_bytes, std::uint64_t now_ms) noexcept;

  Descriptor memory_;
  Descriptor read_only_;  // once somebody has asked
  Pacing pacing_;
  OutputRate rate_;
};

}  // namespace ptyd::host
