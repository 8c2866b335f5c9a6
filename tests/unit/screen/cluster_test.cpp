#include "daemon/screen/cluster.hpp"

#include <gtest/gtest.h>

#include "tests/unit/screen/grid_support.hpp"

namespace ptyd::screen {
namespace {

std::u32string numbered(std::uint32_t number) { return {U'a', static_cast<char32_t>(0x10000 + number)}; }

TEST(ClusterTable, SameCodePointsHaveTheSameId) {
  ClusterTable table;
  EXPECT_EQ(table.intern(U"e\u0301"), 1u);
  EXPECT_EQ(table.intern(U"e\u0300"), 2u);
  EXPECT_EQ(table.intern(U"e\u0301"), 1u);
  EXPECT_EQ(table[1], U"e\u0301");
  EXPECT_EQ(table.size(), 2u);
}

TEST(ClusterTable, UnknownIdsAreTheReplacementCharacter) {
  ClusterTable table;
  table.intern(U"e\u0301");
  EXPECT_EQ(table[0], U"\ufffd");
  EXPECT_EQ(table[2], U"\ufffd");
  EXPECT_EQ(table[UINT32_MAX], U"\ufffd");
  EXPECT_EQ(table.intern(U""), 0u);
}

TEST(ClusterTable, DropsCodePointsBeyondTheMost) {
  ClusterTable table;
  const std::u32string most(ClusterTable::kMaxCodePoints, U'\u0301');
  const auto id = table.intern(most + U"x");
  EXPECT_EQ(table[id], most);
  EXPECT_EQ(table.intern(most), id);
}

TEST(ClusterTable, TakesTextOutOfItself) {
  ClusterTable table;
  auto id = table.intern(U"abcdefgh");
  for (int i = 0; i < 6; ++i) id = table.intern(table[id].substr(1));
  EXPECT_EQ(table[id], U"gh");
}

TEST(ClusterTable, SweepKeepsMarkedIdsAndReusesTheOthers) {
  ClusterTable table;
  for (std::uint32_t i = 1; i <= 1000; ++i) ASSERT_EQ(table.intern(numbered(i)), i);
  const auto before = table.bytes();
  std::vector<bool> used(500);
  used[10] = used[499] = true;
  table.sweep(used);
  EXPECT_EQ(table.size(), 2u);
  EXPECT_LT(table.bytes(), before);
  EXPECT_EQ(table[10], numbered(10));
  EXPECT_EQ(table.intern(numbered(499)), 499u);
  EXPECT_EQ(table[500], U"\ufffd");
  EXPECT_EQ(table[11], U"\ufffd");
  EXPECT_EQ(table.intern(numbered(500)), 1u);
}

TEST(ClusterTable, WhenFullGivesNoIdUntilASweep) {
  ClusterTable table;
  for (std::uint32_t i = 0; i < ClusterTable::kMaxEntries; ++i) ASSERT_NE(table.intern(numbered(i)), 0u);
  EXPECT_TRUE(table.wants_sweep());
  EXPECT_EQ(table.intern(U"xy"), 0u);
  EXPECT_EQ(table.intern(numbered(5)), 6u);
  table.sweep({});
  EXPECT_EQ(table.size(), 0u);
  EXPECT_EQ(table.intern(U"xy"), 1u);
}

TEST(ClusterTable, SweepsAreAmortized) {
  ClusterTable table;
  const std::vector<bool> used(2001, true);
  std::size_t sweeps = 0;
  for (std::uint32_t i = 0; i < 200'000; ++i) {
    if (table.wants_sweep()) {
      table.sweep(used);
      ++sweeps;
    }
    table.intern(numbered(i));
  }
  EXPECT_LT(sweeps, 100u);
  EXPECT_LT(table.size(), 10'000u);
}

TEST(ClusterTable, SaveAndLoadKeepIds) {
  ClusterTable table;
  for (std::uint32_t i = 1; i <= 300; ++i) table.intern(numbered(i));
  std::vector<bool> used(300);
  for (std::size_t i = 0; i < 300; i += 7) used[i] = true;
  table.sweep(used);
  std::string saved;
  table.save(saved);
  saved += "rest";
  ClusterTable loaded;
  std::string_view in = saved;
  ASSERT_TRUE(loaded.load(in));
  EXPECT_EQ(in, "rest");
  for (std::uint32_t id = 0; id < 310; ++id) EXPECT_EQ(loaded[id], table[id]);
  EXPECT_EQ(loaded.intern(U"xy"), table.intern(U"xy"));
}

TEST(ClusterTable, LoadSurvivesAnyBytes) {
  std::mt19937 random(1);
  ClusterTable full;
  for (std::uint32_t i = 1; i <= 30; ++i) full.intern(numbered(i));
  std::string saved;
  full.save(saved);
  for (int i = 0; i < 2000; ++i) {
    std::string bytes = i % 2 == 0 ? testing::random_bytes(random, random() % 64) : saved;
    if (i % 2 == 1) bytes[random() % bytes.size()] = static_cast<char>(random());
    ClusterTable table;
    std::string_view in = bytes;
    if (!table.load(in)) {
      EXPECT_EQ(table.size(), 0u);
    }
    table.intern(U"xy");
  }
  for (std::size_t cut = 0; cut < saved.size(); ++cut) {
    ClusterTable table;
    std::string_view in = std::string_view(saved).substr(0, cut);
    EXPECT_FALSE(table.load(in));
  }
}

}  // namespace
}  // namespace ptyd::screen
