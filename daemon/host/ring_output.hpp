// Output in the ring, as the daemon is told of it.
#pragma once

#include <cstdint>

#include "daemon/host/clock.hpp"
#include "daemon/host/output_ring.hpp"

namespace ptyd::host {

// `Wakeup` is the system's, with a wake(Wakeup).
template <class Wakeup>
class RingOutput {
 public:
  RingHeader& header() noexcept { return ring_.header(); }
  std::uint64_t head() const noexcept { return ring_.head(); }

  bool at_floor() const noexcept { return at_floor_; }
  void look_again() noexcept {
    if (!at_floor_) return;
    at_floor_ = false;
    ring_.stop_waiting();
  }

  // From here on `tell(whom)` is called before the daemon is woken for output: whoever is told so waits for nobody else.
  void tell_first(void (*tell)(void* whom), void* whom) noexcept {
    tell_first_ = tell;
    whom_ = whom;
  }

  // The window has another size: a daemon that sleeps for long would find too many of them.
  void wake_for_size() noexcept { wake_for_output(); }
  // Input has moved.
  void wake_for_input() noexcept {
    if (ring_.take_input_wake()) wake(wakeup_);
  }

 protected:
  bool in_burst() const noexcept { return burst_; }
  // Before bytes can be seen: a daemon that sees them knows that it will be woken.
  void begin_burst() noexcept {
    if (burst_) return;
    burst_ = true;
    ring_.set_burst(true);
  }
  void end_burst() noexcept {
    if (burst_) ring_.set_burst(false);
    burst_ = false;
    wake_for_output();
  }
  void wake_for_output() noexcept {
    if (tell_first_ != nullptr) tell_first_(whom_);
    if (ring_.take_output_wake()) wake(wakeup_);
  }
  // The daemon is woken before we wait: it may be asleep because it counts on the burst.
  void stop_at_floor() noexcept {
    at_floor_ = true;
    end_burst();
  }
  // Returns the time.
  std::uint64_t note_time() noexcept {
    const std::uint64_t now = unix_ms();
    if (now - noted_ms_ < kTimeStepMs) return now;  // also a clock that was set back counts, by the wrap
    noted_ms_ = now;
    header().last_output_unix_ms.store(now);
    return now;
  }

  OutputRing ring_;
  Wakeup wakeup_;

 private:
  static constexpr std::uint64_t kTimeStepMs = 100;

  void (*tell_first_)(void* whom) = nullptr;
  void* whom_ = nullptr;
  bool burst_ = false;
  bool at_floor_ = false;
  std::uint64_t noted_ms_ = 0;
};

}  // namespace ptyd::host
