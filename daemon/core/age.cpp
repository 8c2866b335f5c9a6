#include "daemon/core/age.hpp"

#include <algorithm>

namespace ptyd {

namespace {

constexpr std::uint64_t kNsInMs = 1'000'000;
// Sums of it and of any clock fit into all types of time.
constexpr std::uint64_t kLongestMs = std::uint64_t{10} * 365 * 24 * 3600 * 1000;

std::uint64_t age_ms(Moment then, Moment now) noexcept {
  if (then.boot_ns != 0 && then.boot_ns <= now.boot_ns) return (now.boot_ns - then.boot_ns) / kNsInMs;
  return now.unix_ms - std::min(then.unix_ms, now.unix_ms);
}

std::chrono::milliseconds duration_of(std::uint64_t ms) noexcept {
  return std::chrono::milliseconds(std::min(ms, kLongestMs));
}

}  // namespace

std::chrono::milliseconds age_of(Moment then, Moment now) noexcept { return duration_of(age_ms(then, now)); }

std::chrono::milliseconds time_left(Moment begin, std::uint64_t whole_ms, Moment now) noexcept {
  return duration_of(whole_ms - std::min(age_ms(begin, now), whole_ms));
}

}  // namespace ptyd
