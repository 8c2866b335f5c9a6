// When to try to connect again.
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

namespace ptyd {

// Waits 10 ms, then twice as long each time up to 500 ms, until `deadline`. Pure: time is a parameter.
class Backoff {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::milliseconds kFirst{10};
  static constexpr std::chrono::milliseconds kLongest{500};

  explicit Backoff(TimePoint deadline) noexcept : deadline_(deadline) {}

  // When to try next; nothing: give up. The last try is at the deadline.
  std::optional<TimePoint> next(TimePoint now) noexcept {
    if (now >= deadline_) return std::nullopt;
    const auto at = std::min(now + delay_, deadline_);
    delay_ = std::min(delay_ * 2, kLongest);
    return at;
  }

 private:
  TimePoint deadline_;
  std::chrono::milliseconds delay_ = kFirst;
};

}  // namespace ptyd
