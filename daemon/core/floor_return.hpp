// Whom a floor that was found is still kept for.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace ptyd {

// A daemon finds a floor, how many clients it was held for, and the names of those that have one. It may only let go of it
// when each of them has come back: who was not there before, or comes twice, does not count for another one. Those without
// a name can only be counted.
class FloorReturn {
 public:
  FloorReturn() = default;
  // `names`: of those found, none 0. `count`: of all that the floor was held for.
  FloorReturn(std::span<const std::uint64_t> names, std::uint32_t count);

  // `name`: 0 of a client that has none.
  void came_back(std::uint64_t name) noexcept;
  void give_up() noexcept;

  bool all_back() const noexcept { return names_.empty() && nameless_ == 0; }
  // Of those that are missing.
  const std::vector<std::uint64_t>& names() const noexcept { return names_; }
  std::uint32_t count() const noexcept { return static_cast<std::uint32_t>(names_.size()) + nameless_; }

 private:
  std::vector<std::uint64_t> names_;
  std::uint32_t nameless_ = 0;
};

}  // namespace ptyd
