// Wall-clock time for people. Everything that waits or measures uses std::chrono::steady_clock.
#pragma once

#include <chrono>
#include <cstdint>

namespace ptyd {

// Unix time in milliseconds.
inline std::uint64_t unix_ms() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

}  // namespace ptyd
