#include "daemon/screen/link.hpp"

#include <gtest/gtest.h>

#include "tests/unit/screen/grid_support.hpp"

namespace ptyd::screen {
namespace {

std::string uri(int number) { return "https://example.org/" + std::to_string(number); }
std::vector<bool> none_used() { return std::vector<bool>(65536); }

TEST(LinkTable, SameIdAndUriAreTheSameLink) {
  LinkTable table;
  EXPECT_EQ(table.intern("", uri(1)), 1);
  EXPECT_EQ(table.intern("a", uri(1)), 2);
  EXPECT_EQ(table.intern("", uri(2)), 3);
  EXPECT_EQ(table.intern("a", uri(1)), 2);
  EXPECT_EQ(table[2], (Link{"a", uri(1)}));
  EXPECT_EQ(table[0], Link());
  EXPECT_EQ(table[999], Link());
}

TEST(LinkTable, IdAndUriAreNotMixedUp) {
  LinkTable table;
  EXPECT_NE(table.intern("ab", "c"), table.intern("a", "bc"));
}

TEST(LinkTable, KeepsNoEmptyOrLongLinks) {
  LinkTable table;
  EXPECT_EQ(table.intern("a", ""), 0);
  EXPECT_NE(table.intern("", std::string(LinkTable::kMaxUri, 'x')), 0);
  EXPECT_EQ(table.intern("", std::string(LinkTable::kMaxUri + 1, 'x')), 0);
  EXPECT_NE(table.intern(std::string(LinkTable::kMaxId, 'x'), "y"), 0);
  EXPECT_EQ(table.intern(std::string(LinkTable::kMaxId + 1, 'x'), "y"), 0);
  EXPECT_FALSE(table.full());
}

TEST(LinkTable, IsBoundedInBytesUntilASweep) {
  LinkTable table;
  int count = 0;
  while (table.intern("", std::string(1000, 'x') + std::to_string(count)) != 0) ++count;
  EXPECT_TRUE(table.full());
  EXPECT_TRUE(table.wants_sweep());
  EXPECT_LE(table.bytes(), LinkTable::kMaxBytes);
  EXPECT_GT(count, 800);
  auto used = none_used();
  used[5] = true;
  table.sweep(used);
  EXPECT_FALSE(table.full());
  EXPECT_EQ(table.size(), 2u);
  EXPECT_LT(table.bytes(), 2000u);
  EXPECT_EQ(table.intern("", std::string(1000, 'x') + "4"), 5);
  EXPECT_EQ(table.intern("", uri(1)), 1);
}

TEST(LinkTable, SweepsAreAmortized) {
  LinkTable table;
  std::size_t sweeps = 0;
  auto used = none_used();
  for (std::size_t i = 0; i < 500; ++i) used[i] = true;
  for (int i = 0; i < 100'000; ++i) {
    if (table.wants_sweep()) {
      table.sweep(used);
      ++sweeps;
    }
    ASSERT_NE(table.intern("", uri(i)), 0);
  }
  EXPECT_LT(sweeps, 150u);
}

TEST(LinkTable, SaveAndLoadKeepIds) {
  LinkTable table;
  for (int i = 0; i < 100; ++i) table.intern(std::to_string(i), uri(i));
  auto used = none_used();
  for (std::size_t i = 0; i < 100; i += 7) used[i] = true;
  table.sweep(used);
  std::string saved;
  table.save(saved);
  saved += "rest";
  LinkTable loaded;
  std::string_view in = saved;
  ASSERT_TRUE(loaded.load(in));
  EXPECT_EQ(in, "rest");
  EXPECT_EQ(loaded.size(), table.size());
  EXPECT_EQ(loaded.bytes(), table.bytes());
  for (std::uint16_t id = 0; id < 110; ++id) EXPECT_EQ(loaded[id], table[id]);
  EXPECT_EQ(loaded.intern("", uri(1000)), table.intern("", uri(1000)));
}

TEST(LinkTable, LoadSurvivesAnyBytes) {
  std::mt19937 random(1);
  LinkTable full;
  for (int i = 0; i < 20; ++i) full.intern("", uri(i));
  std::string saved;
  full.save(saved);
  for (int i = 0; i < 2000; ++i) {
    std::string bytes = i % 2 == 0 ? testing::random_bytes(random, random() % 64) : saved;
    if (i % 2 == 1) bytes[random() % bytes.size()] = static_cast<char>(random());
    LinkTable table;
    std::string_view in = bytes;
    if (!table.load(in)) {
      EXPECT_EQ(table.size(), 1u);
    }
    EXPECT_LE(table.bytes(), LinkTable::kMaxBytes);
    table.intern("", uri(77));
  }
  for (std::size_t cut = 0; cut < saved.size(); ++cut) {
    LinkTable table;
    std::string_view in = std::string_view(saved).substr(0, cut);
    EXPECT_FALSE(table.load(in));
  }
}

}  // namespace
}  // namespace ptyd::screen
