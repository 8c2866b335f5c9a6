#include "daemon/host/pacing.hpp"

#include <algorithm>

namespace ptyd::host {

void Pacing::adapt(std::uint64_t switches) noexcept {
  const std::uint64_t slept = switches - switches_;
  switches_ = switches;
  if (slept > 1) {
    wait_ns_ = std::min(wait_ns_ + 1000, kMaxWaitNs);
  } else if (slept == 0) {
    wait_ns_ -= std::min<std::uint64_t>(wait_ns_, 60);
  }
}

}  // namespace ptyd::host
