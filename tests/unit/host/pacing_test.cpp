#include "daemon/host/pacing.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <map>

namespace ptyd::host {
namespace {

constexpr std::uint64_t kRead = 4095;

// A flood whose reads take a time that depends on the wait.
struct Flood {
  Pacing pacing;
  std::function<std::uint64_t(std::uint64_t wait_ns)> read_takes;
  std::uint64_t now = 1'000'000'000;
  std::uint64_t pushed = 0;
  std::map<std::uint64_t, int> used{};  // by wait: how many measurements

  void measure(int times, std::uint64_t pushed_in_each = 0) {
    for (int i = 0; i < times; ++i) {
      ++used[pacing.wait_ns()];
      while (!pacing.full_read(kRead, now)) now += read_takes(pacing.wait_ns());
      pacing.choose(now, pushed += pushed_in_each);
    }
  }
};

TEST(Pacing, ReadsAtOnceToBeginWith) { EXPECT_EQ(Pacing().wait_ns(), 0U); }

TEST(Pacing, FindsTheTimeThatBringsMost) {
  for (const auto best : Pacing::kWaits) {
    Flood flood{.pacing = {}, .read_takes = [best](std::uint64_t wait) { return wait == best ? 20'000U : 40'000U; }};
    flood.measure(100);
    EXPECT_GE(flood.used[best], 85) << best;
    EXPECT_EQ(flood.used.size(), std::size(Pacing::kWaits)) << "each was tried";
  }
}

TEST(Pacing, WaitsNotForNothing) {
  Flood flood{.pacing = {}, .read_takes = [](std::uint64_t wait) { return wait == 0 ? 40'000U : 38'500U; }};
  flood.measure(100);
  EXPECT_GE(flood.used[0], 85);
}

TEST(Pacing, FollowsWhenTheMachineBecomesAnother) {
  Flood flood{.pacing = {}, .read_takes = [](std::uint64_t wait) { return wait == 0 ? 20'000U : 40'000U; }};
  flood.measure(100);
  flood.read_takes = [](std::uint64_t wait) { return wait == 16'000 ? 20'000U : 60'000U; };
  flood.measure(200);
  flood.used.clear();
  flood.measure(100);
  EXPECT_GE(flood.used[16'000], 85);
}

TEST(Pacing, GivesWayWhereOthersWantTheProcessor) {
  Flood flood{.pacing = {}, .read_takes = [](std::uint64_t wait) { return wait == 8'000 ? 20'000U : 40'000U; }};
  flood.measure(50);
  flood.used.clear();
  flood.measure(51, Pacing::kReads / 2);
  EXPECT_GE(flood.used[0], 50);
}

TEST(Pacing, APauseOfTheProgramIsNotMeasured) {
  Pacing pacing;
  std::uint64_t now = 1;
  std::uint32_t reads = 0;
  for (; reads < Pacing::kReads; ++reads) EXPECT_FALSE(pacing.full_read(kRead, now += 1000));
  EXPECT_FALSE(pacing.full_read(kRead, now += Pacing::kPauseNs + 1)) << "it begins anew";
  for (reads = 1; reads < Pacing::kReads; ++reads) EXPECT_FALSE(pacing.full_read(kRead, now += 1000));
  EXPECT_TRUE(pacing.full_read(kRead, now += 1000));
}

}  // namespace
}  // namespace ptyd::host
