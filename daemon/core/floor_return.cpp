#include "daemon/core/floor_return.hpp"

#include <algorithm>

namespace ptyd {

FloorReturn::FloorReturn(std::span<const std::uint64_t> names, std::uint32_t count)
    : names_(names.begin(), names.end()) {
  std::sort(names_.begin(), names_.end());
  names_.erase(std::unique(names_.begin(), names_.end()), names_.end());
  nameless_ = count - std::min(count, static_cast<std::uint32_t>(names.size()));
}

void FloorReturn::came_back(std::uint64_t name) noexcept {
  if (name != 0)
    std::erase(names_, name);
  else if (nameless_ > 0)
    --nameless_;
}

void FloorReturn::give_up() noexcept {
  names_.clear();
  nameless_ = 0;
}

}  // namespace ptyd
