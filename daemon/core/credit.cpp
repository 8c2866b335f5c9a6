#include "daemon/core/credit.hpp"

#include <algorithm>
#include <limits>

namespace ptyd {

void Credit::grant(std::uint64_t bytes) noexcept {
  available_ += std::min(bytes, std::numeric_limits<std::uint64_t>::max() - available_);
}

bool Credit::spend(std::uint64_t bytes) noexcept {
  if (bytes > available_) return false;
  available_ -= bytes;
  return true;
}

}  // namespace ptyd
