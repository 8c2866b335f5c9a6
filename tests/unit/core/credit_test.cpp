#include "daemon/core/credit.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace ptyd {
namespace {

TEST(Credit, IsNothingAtFirst) { EXPECT_EQ(Credit().available(), 0u); }

TEST(Credit, GrantsAddUpAndSpendingTakesAway) {
  Credit credit;
  credit.grant(10);
  credit.grant(5);
  EXPECT_TRUE(credit.spend(12));
  EXPECT_EQ(credit.available(), 3u);
}

TEST(Credit, SpendingMoreThanThereIsSpendsNothing) {
  Credit credit;
  credit.grant(4);
  EXPECT_FALSE(credit.spend(5));
  EXPECT_EQ(credit.available(), 4u);
  EXPECT_TRUE(credit.spend(4));
  EXPECT_EQ(credit.available(), 0u);
}

TEST(Credit, GrantsBeyondTheGreatestNumberStayThere) {
  constexpr auto kMost = std::numeric_limits<std::uint64_t>::max();
  Credit credit;
  credit.grant(kMost - 1);
  credit.grant(kMost);
  EXPECT_EQ(credit.available(), kMost);
  EXPECT_TRUE(credit.spend(kMost));
  EXPECT_EQ(credit.available(), 0u);
}

}  // namespace
}  // namespace ptyd
