#include "daemon/host/clock.hpp"

#include <algorithm>
#include <chrono>

namespace ptyd::host {

std::uint64_t monotonic_ns() noexcept {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(now).count());
}

std::uint64_t unix_ms() noexcept {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

std::uint32_t ms_until(std::uint64_t end_ns) noexcept {
  constexpr std::uint64_t kNsInMs = 1'000'000;
  constexpr std::uint64_t kMaxMs = 1'000'000;
  const std::uint64_t now = monotonic_ns();
  const std::uint64_t left = now < end_ns ? (end_ns - now) / kNsInMs + 1 : 0;
  return static_cast<std::uint32_t>(std::min(left, kMaxMs));
}

}  // namespace ptyd::host
