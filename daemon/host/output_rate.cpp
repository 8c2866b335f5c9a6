#include "daemon/host/output_rate.hpp"

#include <utility>

namespace ptyd::host {

bool OutputRate::note(std::uint64_t bytes, std::uint64_t now_ms) noexcept {
  const std::uint64_t passed = now_ms - begun_ms_;  // much, when the clock was set back
  if (passed < kWindowMs) {
    bytes_ += bytes;
    return false;
  }
  begun_ms_ = now_ms;
  const std::uint64_t before = std::exchange(bytes_, bytes);
  const bool flood = passed < 2 * kWindowMs && before >= kFloodBytes;
  return std::exchange(flooding_, flood) != flood;
}

}  // namespace ptyd::host
