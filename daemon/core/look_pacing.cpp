#include "daemon/core/look_pacing.hpp"

#include <algorithm>

namespace ptyd {

std::chrono::milliseconds LookPacing::after_look(std::uint64_t bytes, bool urgent, Time now) noexcept {
  constexpr std::chrono::milliseconds kNone{0};
  if (bytes == 0) return kNone;
  const bool soon = now - expected_ < kSoon;
  in_row_ = urgent || !soon ? 0 : std::min(in_row_ + 1, kMany);
  const auto pause = bytes >= kFloodBytes ? kFloodPause : in_row_ == kMany ? kManyPause : kNone;
  expected_ = now + pause;
  return pause;
}

}  // namespace ptyd
