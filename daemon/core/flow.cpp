#include "daemon/core/flow.hpp"

#include <algorithm>

namespace ptyd {

FlowDecision next_step(const FlowInput& in) noexcept {
  if (in.cursor < in.oldest) return {in.policy == FlowPolicy::resync ? FlowStep::resync : FlowStep::fell_behind, 0};
  if (in.cursor >= in.head) return {FlowStep::wait_output, 0};
  const auto bytes = std::min({in.head - in.cursor, in.credit, in.max_data});
  if (bytes == 0) return {FlowStep::wait_credit, 0};
  return {FlowStep::send, bytes};
}

bool holds_floor(FlowPolicy policy, std::uint64_t cursor, std::uint64_t head, std::uint64_t capacity) noexcept {
  if (policy == FlowPolicy::lossless) return true;
  const auto lag = head - std::min(head, cursor);
  return lag <= capacity / 2;
}

std::uint64_t floor_of(std::span<const FloorHolder> holders) noexcept {
  std::uint64_t floor = kNobodyHolds;
  for (const auto& holder : holders) floor = std::min(floor, holder.cursor);
  return floor;
}

}  // namespace ptyd
