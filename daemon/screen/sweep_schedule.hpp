// When a table is swept.
#pragma once

#include <algorithm>
#include <cstddef>

namespace ptyd::screen {

// A sweep looks at everything that may refer to the table, so it is due only after the table has grown to twice what
// the last one left, or after many entries found no room.
class SweepSchedule {
 public:
  // `least`: a table smaller than this is not swept. `limit`: of the table.
  SweepSchedule(std::size_t least, std::size_t limit) noexcept : least_(least), limit_(limit), due_(least) {}
  bool due(std::size_t size) const noexcept { return size >= due_ || missed_ >= kMisses; }
  // An entry found no room.
  void missed() noexcept { ++missed_; }
  // A sweep left `size`.
  void swept(std::size_t size) noexcept {
    missed_ = 0;
    due_ = tight(size) ? limit_ + 1 : std::min(std::max(least_, size * 2), limit_);
  }
  // There is so little room that sweeping again soon would not pay.
  bool tight(std::size_t size) const noexcept { return size + limit_ / 16 > limit_; }

 private:
  static constexpr std::size_t kMisses = 1 << 16;
  std::size_t least_;
  std::size_t limit_;
  std::size_t due_;
  std::size_t missed_ = 0;
};

}  // namespace ptyd::screen
