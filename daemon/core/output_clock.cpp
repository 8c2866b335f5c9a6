#include "daemon/core/output_clock.hpp"

#include <algorithm>

namespace ptyd {

void OutputClock::note(std::uint64_t offset, std::uint64_t oldest, std::uint64_t now_ms) {
  if (offset <= (times_.empty() ? known_from_ : times_.back().offset)) return;
  // What comes right behind counts as of the same moment.
  const bool soon = !times_.empty() && now_ms < times_.back().at_ms + spacing_ms_;
  if (soon) {
    times_.back().offset = offset;
    return;
  }
  if (times_.size() == kMost) {
    std::erase_if(times_, [oldest](const OutputTime& time) { return time.offset < oldest; });
    if (times_.size() > kMost / 2) {
      std::size_t number = 0;
      std::erase_if(times_, [&number](const OutputTime&) { return ++number % 2 == 1; });
      spacing_ms_ *= 2;
    }
  }
  times_.push_back({offset, now_ms});
}

}  // namespace ptyd
