#include "daemon/core/look_pacing.hpp"

#include <gtest/gtest.h>

namespace ptyd {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kNone{0};

LookPacing::Time at(milliseconds time) { return LookPacing::Time{} + std::chrono::hours(1) + time; }

// Returns when the last of `looks` was, at which output was left alone for the first time.
milliseconds look_often(LookPacing& pacing, milliseconds now, milliseconds step) {
  for (unsigned i = 0; i < LookPacing::kMany; ++i, now += step) EXPECT_EQ(pacing.after_look(1, false, at(now)), kNone);
  return now;
}

TEST(LookPacing, LooksAtOnceAtWhatComesNowAndThen) {
  LookPacing pacing;
  for (int i = 0; i < 100; ++i) EXPECT_EQ(pacing.after_look(80, false, at(i * LookPacing::kSoon)), kNone);
}

TEST(LookPacing, LeavesAFloodAloneForAMoment) {
  LookPacing pacing;
  EXPECT_EQ(pacing.after_look(LookPacing::kFloodBytes - 1, false, at(kNone)), kNone);
  EXPECT_EQ(pacing.after_look(LookPacing::kFloodBytes, false, at(milliseconds(1))), LookPacing::kFloodPause);
  EXPECT_EQ(pacing.after_look(LookPacing::kFloodBytes, true, at(milliseconds(2))), LookPacing::kFloodPause);
}

TEST(LookPacing, LeavesWhatComesAllTheTimeAloneForLonger) {
  LookPacing pacing;
  auto now = look_often(pacing, kNone, milliseconds(1));
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(pacing.after_look(20, false, at(now)), LookPacing::kManyPause);
    now += LookPacing::kManyPause + milliseconds(1);
  }
}

TEST(LookPacing, GoesOnAtOnceWhenNothingCame) {
  LookPacing pacing;
  const auto now = look_often(pacing, kNone, milliseconds(1));
  EXPECT_EQ(pacing.after_look(1, false, at(now)), LookPacing::kManyPause);
  const auto woken = now + LookPacing::kManyPause;
  EXPECT_EQ(pacing.after_look(0, false, at(woken)), kNone);
  // It is still the same stream of output when more comes soon after.
  EXPECT_EQ(pacing.after_look(1, false, at(woken + milliseconds(1))), LookPacing::kManyPause);
}

TEST(LookPacing, ForgetsWhatWasOnceItHasBeenQuiet) {
  LookPacing pacing;
  auto now = look_often(pacing, kNone, milliseconds(1)) + LookPacing::kSoon;
  now = look_often(pacing, now, milliseconds(2));
  EXPECT_EQ(pacing.after_look(1, false, at(now)), LookPacing::kManyPause);
  now += LookPacing::kManyPause + LookPacing::kSoon;
  EXPECT_EQ(pacing.after_look(1, false, at(now)), kNone);
}

TEST(LookPacing, NeverLeavesAProgramThatAsksWaiting) {
  LookPacing pacing;
  auto now = look_often(pacing, kNone, milliseconds(1));
  for (int i = 0; i < 100; ++i, now += milliseconds(1)) EXPECT_EQ(pacing.after_look(4, true, at(now)), kNone);
}

}  // namespace
}  // namespace ptyd
