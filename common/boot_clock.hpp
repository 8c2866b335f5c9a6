// The clock for what lasts hours: it goes on while the machine sleeps, and nobody sets it. All processes of the machine
// share it, until the machine starts anew. std::chrono::steady_clock stands still during sleep on Linux.
#pragma once

#include <algorithm>
#include <boost/asio/basic_waitable_timer.hpp>
#include <chrono>

namespace ptyd {

// CLOCK_BOOTTIME on Linux, CLOCK_MONOTONIC on other Unix systems, GetTickCount64() on Windows.
struct BootClock {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<BootClock>;
  static constexpr bool is_steady = true;

  static time_point now() noexcept;
};

// Asio sleeps by a clock that may stand still meanwhile, so it looks again now and then: once for all such timers.
struct BootWait {
  static constexpr std::chrono::minutes kLookAgain{1};

  static BootClock::duration to_wait_duration(const BootClock::duration& left) {
    return std::min<BootClock::duration>(left, kLookAgain);
  }
  static BootClock::duration to_wait_duration(const BootClock::time_point& when) {
    return to_wait_duration(when - BootClock::now());
  }
};

using BootTimer = boost::asio::basic_waitable_timer<BootClock, BootWait>;

}  // namespace ptyd
