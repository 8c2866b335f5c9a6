#include "daemon/host/flood_pause.hpp"

#include <gtest/gtest.h>

namespace ptyd::host {
namespace {

constexpr std::uint64_t kMs = 1'000'000;
constexpr std::uint64_t kStart = 1000 * kMs;

// A flood of reads of `bytes`, each after the pause that the last has asked for; returns the last pause.
std::uint64_t flood(FloodPause& pause, std::uint64_t& now, std::uint64_t bytes, int reads) {
  std::uint64_t last = 0;
  for (int i = 0; i < reads; ++i) {
    last = pause.after_read(bytes, now);
    now += last + 100'000;
  }
  return last;
}

TEST(FloodPause, IsNotMadeForLittleOutput) {
  FloodPause pause;
  EXPECT_EQ(pause.after_read(4096, kStart), 0U);
  EXPECT_EQ(pause.after_read(4096, kStart + kMs), 0U);
}

TEST(FloodPause, IsNotMadeForOutputWithBreaks) {
  FloodPause pause;
  for (std::uint64_t i = 1; i <= 100; ++i)
    EXPECT_EQ(pause.after_read(4096, kStart + i * (FloodPause::kBreakNs + 1)), 0U) << i;
}

TEST(FloodPause, GrowsWhileReadsAreSmall) {
  FloodPause pause;
  std::uint64_t now = kStart;
  EXPECT_EQ(flood(pause, now, 4096, 20), FloodPause::kLongestNs);
}

TEST(FloodPause, ShrinksWhileReadsAreLarge) {
  FloodPause pause;
  std::uint64_t now = kStart;
  flood(pause, now, 4096, 20);
  EXPECT_EQ(flood(pause, now, FloodPause::kLargeRead, 10), FloodPause::kShortestNs);
}

TEST(FloodPause, IsNotMadeWhileSomebodyTypes) {
  FloodPause pause;
  std::uint64_t now = kStart;
  flood(pause, now, 4096, 20);
  pause.typed(now);
  EXPECT_EQ(pause.after_read(64 * 1024, now + FloodPause::kTypingNs - 1), 0U);
  EXPECT_GT(pause.after_read(64 * 1024, now + FloodPause::kTypingNs), 0U);
}

}  // namespace
}  // namespace ptyd::host
