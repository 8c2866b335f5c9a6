#include "daemon/host/output_rate.hpp"

#include <gtest/gtest.h>

namespace ptyd::host {
namespace {

constexpr std::uint64_t kStart = 1'000'000;

// A read each millisecond of [from, to).
bool read_on(OutputRate& rate, std::uint64_t from, std::uint64_t to, std::uint64_t bytes) {
  bool changed = false;
  for (auto now = from; now < to; ++now) changed = rate.note(bytes, kStart + now) || changed;
  return changed;
}

TEST(OutputRate, KnowsAFloodByWhatCameInAWindow) {
  struct Case {
    std::uint64_t bytes_in_ms;
    bool flood;
  };
  for (const auto [bytes, flood] : {Case{1, false}, {4095, false}, {4096, true}, {1 << 20, true}}) {
    OutputRate rate;
    EXPECT_EQ(read_on(rate, 0, 100, bytes), flood) << bytes;
    EXPECT_EQ(rate.flooding(), flood) << bytes;
  }
}

TEST(OutputRate, TellsEachChangeOnce) {
  OutputRate rate;
  EXPECT_FALSE(read_on(rate, 0, 16, 100'000));
  EXPECT_TRUE(rate.note(100'000, kStart + 16));
  EXPECT_FALSE(read_on(rate, 17, 200, 100'000));
  EXPECT_TRUE(read_on(rate, 200, 300, 10));
  EXPECT_FALSE(rate.flooding());
  EXPECT_FALSE(read_on(rate, 300, 400, 10));
}

TEST(OutputRate, OneLargeReadOrAPauseIsNone) {
  OutputRate rate;
  EXPECT_FALSE(rate.note(1 << 20, kStart));
  EXPECT_FALSE(rate.note(1, kStart + 40));
  EXPECT_TRUE(read_on(rate, 41, 100, 100'000));
  // The first key after a pause ends it, though much came before.
  EXPECT_TRUE(rate.note(1, kStart + 5000));
  EXPECT_FALSE(rate.flooding());
}

TEST(OutputRate, AClockThatIsSetBackEndsIt) {
  OutputRate rate;
  EXPECT_TRUE(read_on(rate, 0, 100, 100'000));
  EXPECT_TRUE(rate.note(1, kStart - 5000));
  EXPECT_FALSE(rate.flooding());
}

}  // namespace
}  // namespace ptyd::host
