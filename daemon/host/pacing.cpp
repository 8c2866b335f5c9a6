#include "daemon/host/pacing.hpp"

#include <algorithm>

namespace ptyd::host {

void Pacing::adapt(const Switches& now) noexcept {
  const std::uint64_t slept = now.voluntary - last_.voluntary;
  const std::uint64_t pushed = now.involuntary - last_.involuntary;
  last_ = now;
  if (pushed > kInterval / 4) {
    wait_ns_ = wait_ns_ * 3 / 4;
  } else if (slept > 1) {
    wait_ns_ = std::min(wait_ns_ + 1000, kMaxWaitNs);
  } else if (slept == 0) {
    wait_ns_ -= std::min<std::uint64_t>(wait_ns_, 60);
  }
}

}  // namespace ptyd::host
