#include "daemon/core/wait_tally.hpp"

#include <algorithm>

namespace ptyd {

WaitOutcome WaitTally::outcome() const noexcept {
  const auto count = [this](State state) { return std::count(states_.begin(), states_.end(), state); };
  const auto all = static_cast<std::ptrdiff_t>(states_.size());
  if (any_) {
    if (count(State::held) > 0) return WaitOutcome::held;
    return count(State::hopeless) == all ? WaitOutcome::ended : WaitOutcome::waiting;
  }
  if (count(State::held) == all) return WaitOutcome::held;
  return count(State::hopeless) > 0 ? WaitOutcome::ended : WaitOutcome::waiting;
}

}  // namespace ptyd
