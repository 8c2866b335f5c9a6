// What scrollback may hold, and what it costs.
#include <gtest/gtest.h>

#include "daemon/screen/scrollback.hpp"
#include "tests/unit/screen/grid_support.hpp"

namespace ptyd::screen {
namespace {

using testing::to_cells;
using testing::to_text;

const ClusterTable kNoClusters;
constexpr std::size_t kMany = std::size_t{1} << 30;

std::string text_of(const Scrollback& scrollback, std::uint64_t id) {
  std::string text;
  return scrollback.read_text(id, text) ? text : "(none)";
}

TEST(ScrollbackLimits, DropsTheOldestLines) {
  Scrollback scrollback({3, kMany});
  for (int i = 0; i < 10; ++i) scrollback.push(to_cells(std::to_string(i)), false, Mark::none, kNoClusters);
  EXPECT_EQ(scrollback.first_id(), 7u);
  EXPECT_EQ(scrollback.end_id(), 10u);
  EXPECT_EQ(text_of(scrollback, 6), "(none)");
  EXPECT_EQ(text_of(scrollback, 7), "7");
  EXPECT_EQ(text_of(scrollback, 9), "9");
  EXPECT_EQ(text_of(scrollback, 10), "(none)");
}

TEST(ScrollbackLimits, HoldsNoMoreBytesThanAllowed) {
  for (const std::size_t limit : {10'000u, 100'000u, 1'000'000u}) {
    Scrollback scrollback({kMany, limit});
    for (std::uint16_t i = 0; i < 20'000; ++i) {
      scrollback.push(to_cells(std::string(i % 200, 'x'), i), false, Mark::none, kNoClusters);
      ASSERT_LE(scrollback.bytes(), limit + limit / 8 + 4096) << i;
    }
    EXPECT_GT(scrollback.size(), limit / 250);
    EXPECT_EQ(scrollback.end_id(), 20'000u);
    EXPECT_EQ(text_of(scrollback, scrollback.first_id()).size(), scrollback.first_id() % 200);
  }
}

TEST(ScrollbackLimits, EmptyLinesAreBoundedToo) {
  Scrollback scrollback({kMany, 100'000});
  for (int i = 0; i < 200'000; ++i) scrollback.push({}, false, Mark::none, kNoClusters);
  EXPECT_LT(scrollback.bytes(), 120'000u);
  EXPECT_GT(scrollback.size(), 10'000u);
}

TEST(ScrollbackLimits, OneLineMayBeMoreThanAll) {
  Scrollback scrollback({kMany, 4000});
  const auto cells = to_cells(std::string(100, 'x'), 1);
  for (int i = 0; i < 1000; ++i) {
    scrollback.push(cells, i % 300 != 0, Mark::none, kNoClusters);
    ASSERT_LT(scrollback.bytes(), 20'000u);
    Line line;
    for (auto id = scrollback.first_id(); id < scrollback.end_id(); ++id) ASSERT_TRUE(scrollback.read(id, line));
  }
  scrollback.push(to_cells("y"), false, Mark::none, kNoClusters);
  scrollback.push(to_cells("z"), false, Mark::none, kNoClusters);
  EXPECT_EQ(text_of(scrollback, scrollback.end_id() - 1), "z");
}

TEST(ScrollbackLimits, HostileRowsKeepWithinTheBytes) {
  ClusterTable clusters;
  std::vector<Cell> cells;
  for (std::uint32_t i = 0; i < 300; ++i) {
    const std::u32string text(16, static_cast<char32_t>(0x10000 + i));
    cells.push_back({clusters.intern(text) | Cell::kCluster, static_cast<std::uint16_t>(60'000 + i),
                     static_cast<std::uint16_t>(50'000 + i)});
  }
  Scrollback scrollback({kMany, 200'000});
  for (int i = 0; i < 200; ++i) {
    scrollback.push(cells, i % 7 != 0, Mark::none, clusters);
    ASSERT_LE(scrollback.bytes(), 200'000u + 40'000u);
  }
  Line line;
  ASSERT_TRUE(scrollback.pop(line));
  ASSERT_GE(line.cells.size(), cells.size());
  EXPECT_EQ(line.cells[299].style, 60'299);
  EXPECT_EQ(line.cells[299].link, 50'299);
}

TEST(ScrollbackLimits, NothingIsKeptWhenNothingIsAllowed) {
  for (const auto limits : {ScrollbackLimits{0, kMany}, ScrollbackLimits{kMany, 0}}) {
    Scrollback scrollback(limits);
    for (int i = 0; i < 100; ++i) scrollback.push(to_cells("abc"), i % 2 == 0, Mark::none, kNoClusters);
    EXPECT_EQ(scrollback.size(), 0u);
    EXPECT_FALSE(scrollback.open());
    EXPECT_GT(scrollback.end_id(), 0u);
    EXPECT_LT(scrollback.bytes(), 4096u);
  }
}

TEST(ScrollbackLimits, LowerLimitsDropAtOnce) {
  Scrollback scrollback({1000, kMany});
  for (int i = 0; i < 1000; ++i) scrollback.push(to_cells(std::string(100, 'x')), false, Mark::none, kNoClusters);
  scrollback.set_limits({1000, 50'000});
  EXPECT_LE(scrollback.bytes(), 51'000u);
  EXPECT_GT(scrollback.size(), 50u);
  scrollback.set_limits({10, 50'000});
  EXPECT_EQ(scrollback.size(), 10u);
  EXPECT_EQ(scrollback.end_id(), 1000u);
  scrollback.set_limits({0, 0});
  EXPECT_EQ(scrollback.size(), 0u);
  scrollback.set_limits({10, 50'000});
  scrollback.push(to_cells("abc"), false, Mark::none, kNoClusters);
  EXPECT_EQ(text_of(scrollback, 1000), "abc");
}

TEST(ScrollbackLimits, ClearGivesMemoryBack) {
  Scrollback scrollback;
  for (int i = 0; i < 5000; ++i) scrollback.push(to_cells(std::string(100, 'x')), false, Mark::none, kNoClusters);
  scrollback.clear();
  EXPECT_LT(scrollback.bytes(), 1024u);
}

struct MemoryCase {
  const char* name;
  std::vector<Cell> row;
  std::size_t most;
};

std::vector<Cell> colored_row() {
  auto cells = to_cells(std::string(70, 'x'));
  for (std::size_t i = 0; i < cells.size(); ++i) cells[i].style = static_cast<std::uint16_t>(i / 5 % 4 * 100);
  return cells;
}

std::vector<Cell> wide_row() {
  std::string text;
  for (int i = 0; i < 29; ++i) text += "\u4e00";
  return to_cells(text);
}

// 10,000 lines, all inclusive.
TEST(ScrollbackLimits, LinesCostLittle) {
  const std::vector<MemoryCase> cases{
      {"ASCII", to_cells(std::string(70, 'x')), 800'000},
      {"coloured", colored_row(), 1'500'000},
      {"wide", wide_row(), 1'000'000},
      {"short", to_cells("y"), 100'000},
  };
  for (const auto& test : cases) {
    Scrollback scrollback;
    for (int i = 0; i < 30'000; ++i) scrollback.push(test.row, false, Mark::none, kNoClusters);
    EXPECT_EQ(scrollback.size(), 10'000u) << test.name;
    EXPECT_LE(scrollback.bytes(), test.most) << test.name;
  }
}

}  // namespace
}  // namespace ptyd::screen
