#include "daemon/host/pacing.hpp"

#include <gtest/gtest.h>

namespace ptyd::host {
namespace {

TEST(Pacing, AsksForSwitchesEverySixteenthRead) {
  Pacing pacing;
  int due = 0;
  for (int i = 0; i < 160; ++i) due += pacing.due() ? 1 : 0;
  EXPECT_EQ(due, 10);
}

TEST(Pacing, WaitsLongerTheMoreOftenItCameTooEarlyUpToABound) {
  Pacing pacing;
  EXPECT_EQ(pacing.wait_ns(), 0U);
  std::uint64_t switches = 0;
  for (int i = 0; i < 15; ++i) pacing.adapt({switches += 16, 0});
  EXPECT_EQ(pacing.wait_ns(), 15'000U);
  for (int i = 0; i < 1000; ++i) pacing.adapt({switches += 16, 0});
  EXPECT_EQ(pacing.wait_ns(), Pacing::kMaxWaitNs);
}

TEST(Pacing, FallsSlowlyToNothingWhileItNeverSleeps) {
  Pacing pacing;
  std::uint64_t switches = 0;
  for (int i = 0; i < 3; ++i) pacing.adapt({switches += 16, 0});
  pacing.adapt({switches, 0});
  EXPECT_EQ(pacing.wait_ns(), 2'940U);
  for (int i = 0; i < 100; ++i) pacing.adapt({switches, 0});
  EXPECT_EQ(pacing.wait_ns(), 0U);
}

TEST(Pacing, GivesWayQuicklyWhereOthersWantTheProcessor) {
  Pacing pacing;
  std::uint64_t switches = 0;
  for (int i = 0; i < 8; ++i) pacing.adapt({switches += 16, 0});
  pacing.adapt({switches += 16, 4});
  EXPECT_EQ(pacing.wait_ns(), 9'000U);
  pacing.adapt({switches += 16, 20});
  EXPECT_EQ(pacing.wait_ns(), 6'750U);
}

TEST(Pacing, OneSwitchAloneChangesNothing) {
  Pacing pacing;
  pacing.adapt({10, 0});
  const std::uint64_t before = pacing.wait_ns();
  pacing.adapt({11, 0});
  EXPECT_EQ(pacing.wait_ns(), before);
}

TEST(Pacing, AShortReadTakesAnEighthAway) {
  Pacing pacing;
  std::uint64_t switches = 0;
  for (int i = 0; i < 8; ++i) pacing.adapt({switches += 16, 0});
  pacing.short_read();
  EXPECT_EQ(pacing.wait_ns(), 7'000U);
}

}  // namespace
}  // namespace ptyd::host
