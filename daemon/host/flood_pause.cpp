#include "daemon/host/flood_pause.hpp"

#include <algorithm>

namespace ptyd::host {

std::uint64_t FloodPause::after_read(std::uint64_t bytes, std::uint64_t now_ns) noexcept {
  if (now_ns - read_ns_ > kBreakNs) flood_bytes_ = 0;
  read_ns_ = now_ns;
  flood_bytes_ += bytes;
  if (flood_bytes_ < kFloodBytes || typing(now_ns)) return 0;
  // A pipe that was full has held the program up.
  pause_ns_ = std::clamp(bytes < kLargeRead ? pause_ns_ * 2 : pause_ns_ / 2, kShortestNs, kLongestNs);
  return pause_ns_;
}

void FloodPause::typed(std::uint64_t now_ns) noexcept {
  typing_end_ns_ = now_ns + kTypingNs;
  flood_bytes_ = 0;
}

}  // namespace ptyd::host
