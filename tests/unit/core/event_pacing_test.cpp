#include "daemon/core/event_pacing.hpp"

#include <gtest/gtest.h>

#include <string>

namespace ptyd {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kInterval{100};

PacingTime at(int ms) { return PacingTime{} + std::chrono::hours(1) + milliseconds(ms); }

ClientIdentity client(std::uint64_t number) { return {number, "c" + std::to_string(number), 1000 + number}; }

TEST(PacedNews, TellsAtOnceAndThenAtTheEndOfTheInterval) {
  PacedNews news(kInterval);
  EXPECT_FALSE(news.deadline());
  EXPECT_EQ(news.take(at(0)), 0u);
  news.happened();
  EXPECT_LE(*news.deadline(), at(0));
  EXPECT_EQ(news.take(at(0)), 1u);
  EXPECT_FALSE(news.deadline());
  news.happened(2);
  news.happened(3);
  EXPECT_EQ(news.take(at(99)), 0u);
  EXPECT_EQ(*news.deadline(), at(100));
  EXPECT_EQ(news.take(at(100)), 5u);
  news.happened();
  EXPECT_EQ(news.take(at(500)), 1u);
}

TEST(QuietWatch, TellsOnceForEachQuiet) {
  QuietWatch quiet(kInterval);
  EXPECT_FALSE(quiet.deadline());
  EXPECT_FALSE(quiet.take(at(1000)));
  quiet.happened(at(0));
  quiet.happened(at(60));
  EXPECT_EQ(*quiet.deadline(), at(160));
  EXPECT_FALSE(quiet.take(at(159)));
  EXPECT_TRUE(quiet.take(at(160)));
  EXPECT_FALSE(quiet.take(at(1000)));
  EXPECT_FALSE(quiet.deadline());
}

TEST(EventBudget, LetsABurstThroughAndThenOneInEachInterval) {
  EventBudget budget(2, kInterval);
  EXPECT_TRUE(budget.spend(at(0)));
  EXPECT_TRUE(budget.spend(at(0)));
  EXPECT_FALSE(budget.spend(at(1)));
  EXPECT_FALSE(budget.spend(at(99)));
  budget.skip(5);
  EXPECT_TRUE(budget.spend(at(100)));
  EXPECT_EQ(budget.take_skipped(), 7u);
  EXPECT_EQ(budget.take_skipped(), 0u);
  EXPECT_FALSE(budget.spend(at(199)));
  // However long it was quiet, there is no more than a burst.
  EXPECT_TRUE(budget.spend(at(1000000)));
  EXPECT_TRUE(budget.spend(at(1000000)));
  EXPECT_FALSE(budget.spend(at(1000000)));
}

TEST(InputMeter, AddsUpWhatEachClientTypes) {
  InputMeter meter(kInterval);
  meter.typed(client(1), 1);
  auto reports = meter.take(at(0));
  ASSERT_EQ(reports.size(), 1u);
  EXPECT_EQ(reports[0].client.name, "c1");
  EXPECT_EQ(reports[0].client.pid, 1001u);
  EXPECT_EQ(reports[0].bytes, 1u);
  for (int i = 0; i < 10; ++i) meter.typed(client(1), 3);
  meter.typed(client(2), 7);
  reports = meter.take(at(50));
  ASSERT_EQ(reports.size(), 1u);
  EXPECT_EQ(reports[0].client.client, 2u);
  EXPECT_EQ(*meter.deadline(), at(100));
  reports = meter.take(at(100));
  ASSERT_EQ(reports.size(), 1u);
  EXPECT_EQ(reports[0].bytes, 30u);
  EXPECT_FALSE(meter.deadline());
}

TEST(InputMeter, LosesNoByteWhenThereAreMoreClientsThanRoom) {
  InputMeter meter(kInterval);
  std::uint64_t told = 0;
  const auto count = [&told](const std::vector<InputMeter::Report>& reports) {
    for (const auto& report : reports) told += report.bytes;
  };
  for (std::uint64_t round = 0; round < 3; ++round) {
    for (std::uint64_t number = 1; number <= 2 * InputMeter::kMaxClients; ++number) meter.typed(client(number), 1);
    count(meter.take(at(static_cast<int>(round))));
  }
  count(meter.take_all());
  EXPECT_EQ(told, 6 * InputMeter::kMaxClients);
  EXPECT_TRUE(meter.take_all().empty());
}

TEST(EventPacing, TheEarlierDeadlineCounts) {
  EXPECT_FALSE(earliest(std::nullopt, std::nullopt));
  EXPECT_EQ(*earliest(at(1), std::nullopt), at(1));
  EXPECT_EQ(*earliest(std::nullopt, at(2)), at(2));
  EXPECT_EQ(*earliest(at(3), at(2)), at(2));
}

}  // namespace
}  // namespace ptyd
