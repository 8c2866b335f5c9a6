#include "daemon/core/output_clock.hpp"

#include <gtest/gtest.h>

namespace ptyd {
namespace {

TEST(OutputClock, RemembersWhenOutputCame) {
  OutputClock clock;
  clock.begin(100);
  clock.note(100, 0, 1000);  // nothing new
  EXPECT_TRUE(clock.times().empty());
  clock.note(150, 0, 1000);
  clock.note(160, 0, 1001);  // the same moment
  clock.note(200, 0, 2000);
  clock.note(200, 0, 3000);
  ASSERT_EQ(clock.times().size(), 2u);
  EXPECT_EQ(clock.times()[0].offset, 160u);
  EXPECT_EQ(clock.times()[0].at_ms, 1000u);
  EXPECT_EQ(clock.times()[1].offset, 200u);
  EXPECT_EQ(clock.known_from(), 100u);
}

TEST(OutputClock, IsBoundedAndGrowsCoarser) {
  OutputClock clock;
  for (std::uint64_t i = 1; i <= 100'000; ++i) {
    clock.note(i * 10, 0, i * 100);
    ASSERT_LE(clock.times().size(), OutputClock::kMost);
  }
  const auto& times = clock.times();
  EXPECT_GT(times.size(), OutputClock::kMost / 4);
  for (std::size_t i = 1; i < times.size(); ++i) {
    EXPECT_LT(times[i - 1].offset, times[i].offset);
    EXPECT_LT(times[i - 1].at_ms, times[i].at_ms);
  }
  EXPECT_EQ(times.back().offset, 1'000'000u);
}

TEST(OutputClock, ForgetsWhatIsNotKeptBeforeItGrowsCoarser) {
  OutputClock clock;
  for (std::uint64_t i = 1; i <= 10'000; ++i) clock.note(i, i > 100 ? i - 100 : 0, i * 100);
  const auto& times = clock.times();
  for (std::size_t i = 1; i < times.size(); ++i) EXPECT_EQ(times[i].offset, times[i - 1].offset + 1);
}

}  // namespace
}  // namespace ptyd
