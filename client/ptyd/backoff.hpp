// When to try to connect again.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

namespace ptyd {

// Waits 10 ms, then twice as long each time up to 500 ms, until `deadline`. Pure: time and chance are parameters.
class Backoff {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::milliseconds kFirst{10};
  static constexpr std::chrono::milliseconds kLongest{500};

  // `spread`: 0 for half of each wait, 255 for all of it. At random, so that those who lost the same daemon at the same
  // moment do not come back at the same moment.
  Backoff(TimePoint deadline, std::uint8_t spread) noexcept : deadline_(deadline), spread_(spread) {}

  // When to try next; nothing: give up. The last try is at the deadline.
  std::optional<TimePoint> next(TimePoint now) noexcept {
    if (now >= deadline_) return std::nullopt;
    const auto wait = delay_ / 2 + delay_ * spread_ / (2 * 255);
    const auto at = std::min(now + wait, deadline_);
    delay_ = std::min<std::chrono::microseconds>(delay_ * 2, kLongest);
    return at;
  }

 private:
  TimePoint deadline_;
  std::uint8_t spread_;
  std::chrono::microseconds delay_ = kFirst;
};

}  // namespace ptyd
