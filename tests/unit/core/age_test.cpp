#include "daemon/core/age.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <ostream>

namespace ptyd {
namespace {

constexpr std::uint64_t kMs = 1'000'000;
constexpr std::uint64_t kHour = 3'600'000;
constexpr std::uint64_t kDay = 24 * kHour;
constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint64_t kTenYears = 3650 * kDay;
constexpr std::uint64_t kToday = 20'000 * kDay;  // by the wall clock

struct Case {
  const char* what;
  Moment then;
  Moment now;
  std::uint64_t whole_ms;
  std::uint64_t age_ms;
  std::uint64_t left_ms;
};

void PrintTo(const Case& one, std::ostream* out) { *out << one.what; }

const Case kCases[] = {
    {"just begun", {5 * kMs, kToday}, {5 * kMs, kToday}, kHour, 0, kHour},
    {"both clocks go on", {5 * kMs, kToday}, {1005 * kMs, kToday + 1000}, kHour, 1000, kHour - 1000},
    {"over to the millisecond", {5 * kMs, kToday}, {(kHour + 5) * kMs, kToday + kHour}, kHour, kHour, 0},
    {"long over", {5 * kMs, kToday}, {9 * kHour * kMs, kToday + 9 * kHour}, kHour, 9 * kHour - 5, 0},
    {"the wall clock jumps ahead", {5 * kMs, kToday}, {1005 * kMs, kToday + kDay}, kHour, 1000, kHour - 1000},
    {"it jumps back", {5 * kMs, kToday}, {1005 * kMs, kToday - kDay}, kHour, 1000, kHour - 1000},
    {"it jumps back, over all the same", {5 * kMs, kToday}, {kDay * kMs, kToday - kDay}, kHour, kDay - 5, 0},
    {"less than a millisecond does not count", {5 * kMs, kToday}, {6 * kMs - 1, kToday}, kHour, 0, kHour},
    {"not noted, the wall clock decides", {0, kToday}, {kDay * kMs, kToday + 1000}, kHour, 1000, kHour - 1000},
    {"not noted, and the wall clock jumps back", {0, kToday}, {kDay * kMs, kToday - 1}, kHour, 0, kHour},
    {"this system does not tell", {5 * kMs, kToday}, {0, kToday + 1000}, kHour, 1000, kHour - 1000},
    {"the machine was started anew", {kDay * kMs, kToday}, {5 * kMs, kToday + 1000}, kHour, 1000, kHour - 1000},
    {"nonsense that was noted", {kNever, kNever}, {5 * kMs, kToday}, kHour, 0, kHour},
    {"no time at all", {5 * kMs, kToday}, {5 * kMs, kToday}, 0, 0, 0},
    {"longer than any machine runs", {5 * kMs, kToday}, {5 * kMs, kToday}, kNever, 0, kTenYears},
    {"older than any machine", {0, 0}, {5 * kMs, kNever}, kHour, kTenYears, 0},
};

class AgeTest : public testing::TestWithParam<Case> {};

TEST_P(AgeTest, FollowsTheClockThatNobodySets) {
  const Case& one = GetParam();
  EXPECT_EQ(static_cast<std::uint64_t>(age_of(one.then, one.now).count()), one.age_ms);
  EXPECT_EQ(static_cast<std::uint64_t>(time_left(one.then, one.whole_ms, one.now).count()), one.left_ms);
}

INSTANTIATE_TEST_SUITE_P(Clocks, AgeTest, testing::ValuesIn(kCases));

}  // namespace
}  // namespace ptyd
