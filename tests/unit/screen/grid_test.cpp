#include "daemon/screen/grid.hpp"

#include <gtest/gtest.h>

#include <utility>

#include "tests/unit/screen/grid_support.hpp"

namespace ptyd::screen {
namespace {

using testing::is_sound;
using testing::put;
using testing::row_text;
using testing::rows_of;
using testing::to_text;
using Rows = std::vector<std::string>;

constexpr Cell kColored{0, 5, 0};

Grid numbered(int rows, int columns) {
  Grid grid(rows, columns);
  for (int row = 0; row < rows; ++row) put(grid, row, std::to_string(row));
  return grid;
}

TEST(Grid, SizesAreKeptWithinBounds) {
  const Grid small(0, -5);
  EXPECT_EQ(small.rows(), 1);
  EXPECT_EQ(small.columns(), 1);
  const Grid wide(1, 100'000);
  EXPECT_EQ(wide.columns(), Grid::kMaxColumns);
  const Grid high(100'000, 1);
  EXPECT_EQ(high.rows(), Grid::kMaxRows);
}

// Memory that nobody wrote to is not there: this would take long otherwise.
TEST(Grid, TheLargestSizeIsAllowed) {
  Grid grid(Grid::kMaxRows, Grid::kMaxColumns);
  put(grid, 4095, "x");
  grid.scroll(0, 4095, 1, {});
  EXPECT_EQ(to_text(grid.used_cells(4094)), "x");
  EXPECT_TRUE(grid.cells(4095)[4095].blank());
}

struct ScrollCase {
  int top, bottom, count;
  Rows expected;
};

TEST(Grid, ScrollsWholeRows) {
  const std::vector<ScrollCase> cases{
      {0, 4, 1, {"1", "2", "3", "4", ""}}, {0, 4, -1, {"", "0", "1", "2", "3"}}, {1, 3, 1, {"0", "2", "3", "", "4"}},
      {1, 3, -2, {"0", "", "", "1", "4"}}, {1, 3, 99, {"0", "", "", "", "4"}},   {0, 4, -99, {"", "", "", "", ""}},
      {2, 2, 1, {"0", "1", "", "3", "4"}}, {0, 4, 0, {"0", "1", "2", "3", "4"}}, {0, 2, 2, {"2", "", "", "3", "4"}},
  };
  for (const auto& test : cases) {
    Grid grid = numbered(5, 4);
    grid.scroll(test.top, test.bottom, test.count, {});
    EXPECT_EQ(rows_of(grid), test.expected) << test.top << " " << test.bottom << " " << test.count;
    EXPECT_TRUE(is_sound(grid));
  }
}

TEST(Grid, ScrollsBackAndForthForever) {
  Grid grid = numbered(3, 4);
  for (int i = 0; i < 1000; ++i) {
    grid.scroll(0, 2, 1, {});
    put(grid, 2, std::to_string(i));
  }
  EXPECT_EQ(rows_of(grid), (Rows{"997", "998", "999"}));
  for (int i = 0; i < 1000; ++i) {
    grid.scroll(0, 2, -1, {});
    put(grid, 0, std::to_string(i));
  }
  EXPECT_EQ(rows_of(grid), (Rows{"999", "998", "997"}));
  grid.scroll(1, 2, 1, {});
  EXPECT_EQ(rows_of(grid), (Rows{"999", "997", ""}));
}

TEST(Grid, RowsKeepMarkAndWrapWhenTheyMove) {
  Grid grid(4, 4);
  put(grid, 2, "ab", true);
  grid.info(2).mark = Mark::prompt;
  grid.scroll(0, 3, 1, {});
  EXPECT_TRUE(grid.info(1).wrapped);
  EXPECT_EQ(grid.info(1).mark, Mark::prompt);
  EXPECT_FALSE(grid.info(2).wrapped);
  grid.clear(1, {});
  EXPECT_FALSE(grid.info(1).wrapped);
  EXPECT_EQ(grid.info(1).mark, Mark::none);
}

TEST(Grid, ScrollMarksAllRowsOfTheRegionAsChanged) {
  Grid grid = numbered(6, 4);
  grid.set_generation(2);
  grid.scroll(1, 3, 1, {});
  const auto generations = [&grid] {
    std::vector<std::uint64_t> all;
    for (int row = 0; row < grid.rows(); ++row) all.push_back(grid.info(row).generation);
    return all;
  };
  EXPECT_EQ(generations(), (std::vector<std::uint64_t>{1, 2, 2, 2, 1, 1}));
  grid.scroll(2, 4, -1, {});
  EXPECT_EQ(generations(), (std::vector<std::uint64_t>{1, 2, 2, 2, 2, 1}));
  grid.set_generation(3);
  grid.scroll(0, 5, 1, {});
  grid.scroll(0, 5, 1, {});
  EXPECT_EQ(generations(), (std::vector<std::uint64_t>{3, 3, 3, 3, 3, 3}));
  grid.set_generation(4);
  grid.scroll(0, 5, -1, {});
  EXPECT_EQ(generations(), (std::vector<std::uint64_t>{4, 4, 4, 4, 4, 4}));
}

TEST(Grid, NewRowsHaveTheBackground) {
  Grid grid = numbered(3, 4);
  grid.scroll(0, 2, 1, kColored);
  EXPECT_EQ(grid.info(2).used, 4);
  for (const auto& cell : std::as_const(grid).cells(2)) EXPECT_EQ(cell, kColored);
  grid.scroll(0, 2, 3, {});
  EXPECT_TRUE(is_sound(grid));
  EXPECT_EQ(rows_of(grid), (Rows{"", "", ""}));
}

TEST(Grid, FillWithBlanksAtTheEndShortensTheRow) {
  Grid grid(1, 8);
  put(grid, 0, "abcdef");
  grid.fill(0, 4, 8, {});
  EXPECT_EQ(grid.info(0).used, 4);
  grid.fill(0, 1, 2, {});
  EXPECT_EQ(rows_of(grid), (Rows{"a.cd"}));
  grid.fill(0, 6, 8, kColored);
  EXPECT_EQ(grid.info(0).used, 8);
  grid.fill(0, 3, 3, kColored);
  grid.fill(0, 5, 2, kColored);
  EXPECT_EQ(row_text(grid, 0), "a.cd....");
  EXPECT_TRUE(is_sound(grid));
}

TEST(Grid, UsedCellsEndWithTheLastThatIsNotBlank) {
  Grid grid(1, 8);
  put(grid, 0, "ab....");
  EXPECT_EQ(grid.info(0).used, 6);
  EXPECT_EQ(grid.used_cells(0).size(), 2u);
}

struct ShiftCase {
  const char* row;
  int column, right, count;
  const char* expected;
};

TEST(Grid, ShiftsCells) {
  const std::vector<ShiftCase> cases{
      {"abcdefgh", 2, 7, 1, "ab.cdefg"},
      {"abcdefgh", 2, 7, -1, "abdefgh."},
      {"abcdefgh", 2, 5, 2, "ab..cdgh"},
      {"abcdefgh", 2, 5, -2, "abef..gh"},
      {"abcdefgh", 0, 7, 99, "........"},
      {"abcdefgh", 3, 7, -99, "abc....."},
      {"abcdefgh", 7, 7, 1, "abcdefg."},
      {"abcdefgh", 3, 3, -1, "abc.efgh"},
      {"abcdefgh", 2, 5, 0, "abcdefgh"},
      // A wide character across where it begins, across where it ends, across what falls off, and whole.
      {"a\u3042bcdef", 2, 7, 1, "a...bcde"},
      {"a\u3042bcdef", 2, 7, -1, "a.bcdef."},
      {"abcd\u3042ef", 0, 4, 1, ".abcd.ef"},
      {"abcde\u3042f", 0, 7, 2, "..abcde."},
      {"\u3042\u3044\u3046\u3048", 0, 7, 1, ".\u3042\u3044\u3046."},
      {"\u3042\u3044\u3046\u3048", 0, 7, -1, ".\u3044\u3046\u3048."},
      {"\u3042\u3044\u3046\u3048", 0, 7, -2, "\u3044\u3046\u3048.."},
      {"\u3042\u3044\u3046\u3048", 1, 6, 2, "....\u3044.."},
      {"\u3042\u3044\u3046\u3048", 3, 7, -3, "\u3042.\u3048..."},
  };
  for (const auto& test : cases) {
    Grid grid(1, 8);
    put(grid, 0, test.row);
    grid.shift_cells(0, test.column, test.right, test.count, {});
    EXPECT_EQ(row_text(grid, 0), test.expected) << test.row << " " << test.column << " " << test.count;
    EXPECT_TRUE(is_sound(grid));
  }
}

TEST(Grid, ShiftedInCellsHaveTheBackground) {
  Grid grid(1, 6);
  put(grid, 0, "ab");
  grid.shift_cells(0, 1, 5, -1, kColored);
  EXPECT_EQ(grid.cells(0)[5], kColored);
  EXPECT_EQ(grid.info(0).used, 6);
  grid.shift_cells(0, 0, 5, 2, kColored);
  EXPECT_EQ(grid.cells(0)[1], kColored);
  EXPECT_EQ(row_text(grid, 0), "..a...");
}

TEST(Grid, AWrapSpacerDoesNotMove) {
  Grid grid(1, 4);
  put(grid, 0, "abc");
  grid.cells(0)[3].bits = Cell::kWrapSpacer;
  grid.touch(0, 4);
  grid.shift_cells(0, 0, 3, -1, {});
  EXPECT_EQ(row_text(grid, 0), "bc..");
}

TEST(Grid, SplitsWideCharactersOnlyAcrossTheBorder) {
  Grid grid(1, 6);
  put(grid, 0, "\u3042\u3044x", false, 7);
  for (const int column : {0, 2, 4, 5, 6}) grid.split_wide(0, column);
  EXPECT_EQ(row_text(grid, 0), "\u3042\u3044x.");
  grid.split_wide(0, 3);
  EXPECT_EQ(row_text(grid, 0), "\u3042..x.");
  EXPECT_EQ(grid.cells(0)[2], (Cell{0, 7, 0}));
  EXPECT_EQ(grid.cells(0)[3], (Cell{0, 7, 0}));
}

TEST(Grid, ScrollsWithinColumns) {
  const auto grid_of = [](const Rows& rows) {
    Grid grid(static_cast<int>(rows.size()), 6);
    for (std::size_t row = 0; row < rows.size(); ++row) put(grid, static_cast<int>(row), rows[row]);
    return grid;
  };
  Grid up = grid_of({"abcdef", "ghijkl", "mnopqr"});
  up.scroll_columns(0, 2, 1, 4, 1, {});
  EXPECT_EQ(rows_of(up), (Rows{"ahijkf", "gnopql", "m....r"}));
  Grid down = grid_of({"abcdef", "ghijkl", "mnopqr"});
  down.scroll_columns(0, 1, 0, 2, -1, kColored);
  EXPECT_EQ(rows_of(down), (Rows{"...def", "abcjkl", "mnopqr"}));
  EXPECT_EQ(down.cells(0)[2], kColored);
  Grid all = grid_of({"abcdef", "ghijkl", "mnopqr"});
  all.scroll_columns(0, 2, 0, 5, 99, {});
  EXPECT_EQ(rows_of(all), (Rows{"", "", ""}));
  Grid wide = grid_of({"\u3042\u3044\u3046", "abcdef", "\u3042\u3044\u3046"});
  wide.scroll_columns(0, 2, 1, 4, 1, {});
  EXPECT_EQ(rows_of(wide), (Rows{".bcde", "a.\u3044.f", ""}));
  EXPECT_TRUE(is_sound(wide));
}

TEST(Grid, ScrollWithinColumnsKeepsUsedTrueForShortRows) {
  Grid grid(3, 8);
  put(grid, 2, "abcdefgh");
  grid.scroll_columns(0, 2, 2, 5, 2, {});
  EXPECT_EQ(rows_of(grid), (Rows{"..cdef", "", "ab....gh"}));
  EXPECT_TRUE(is_sound(grid));
}

// The plain way to do the same, for rows without wide characters.
class Model {
 public:
  Model(int rows, int columns) : rows_(rows, std::string(columns, '.')) {}
  void scroll(int top, int bottom, int left, int right, int count) {
    const auto old = rows_;
    for (int row = top; row <= bottom; ++row) {
      for (int column = left; column <= right; ++column) {
        const int from = row + count;
        rows_[row][column] = from < top || from > bottom ? '.' : old[from][column];
      }
    }
  }
  void shift(int row, int column, int right, int count) {
    const auto old = rows_[row];
    for (int at = column; at <= right; ++at) {
      const int from = at - count;
      rows_[row][at] = from < column || from > right ? '.' : old[from];
    }
  }
  void put(int row, int column, char character) { rows_[row][column] = character; }
  Rows rows() const {
    Rows rows = rows_;
    for (auto& row : rows) row.erase(row.find_last_not_of('.') + 1);
    return rows;
  }

 private:
  Rows rows_;
};

TEST(Grid, DoesWhatThePlainWayDoes) {
  std::mt19937 random(7);
  const auto below = [&random](int end) { return static_cast<int>(random() % static_cast<unsigned>(end)); };
  constexpr int kRows = 7, kColumns = 9;
  Grid grid(kRows, kColumns);
  Model model(kRows, kColumns);
  for (int i = 0; i < 20'000; ++i) {
    const int top = below(kRows), bottom = top + below(kRows - top);
    const int left = below(kColumns), right = left + below(kColumns - left);
    const int count = below(2 * kRows) - kRows;
    switch (below(5)) {
      case 0:
        grid.scroll(top, bottom, count, {});
        model.scroll(top, bottom, 0, kColumns - 1, count);
        break;
      case 1:
        grid.scroll_columns(top, bottom, left, right, count, {});
        model.scroll(top, bottom, left, right, count);
        break;
      case 2:
        grid.shift_cells(top, left, right, count, {});
        model.shift(top, left, right, count);
        break;
      case 3:
        grid.scroll(0, kRows - 1, count > 0 ? 1 : -1, {});
        model.scroll(0, kRows - 1, 0, kColumns - 1, count > 0 ? 1 : -1);
        break;
      default: {
        const char character = static_cast<char>('a' + below(26));
        grid.cells(top)[left] = {static_cast<std::uint32_t>(character), 0, 0};
        grid.touch(top, left + 1);
        model.put(top, left, character);
      }
    }
    ASSERT_EQ(rows_of(grid), model.rows()) << i;
    ASSERT_TRUE(is_sound(grid)) << i;
  }
}

TEST(Grid, NoEditHalvesAWideCharacter) {
  std::mt19937 random(8);
  const auto below = [&random](int end) { return static_cast<int>(random() % static_cast<unsigned>(end)); };
  constexpr int kRows = 4, kColumns = 7;
  Grid grid(kRows, kColumns);
  for (int i = 0; i < 20'000; ++i) {
    const int top = below(kRows), bottom = top + below(kRows - top);
    const int left = below(kColumns), right = left + below(kColumns - left);
    const int count = below(2 * kColumns) - kColumns;
    const Cell fill = below(2) == 0 ? Cell{} : kColored;
    switch (below(4)) {
      case 0: grid.scroll_columns(top, bottom, left, right, count, fill); break;
      case 1: grid.shift_cells(top, left, right, count, fill); break;
      case 2:
        grid.split_wide(top, left);
        grid.split_wide(top, right + 1);
        grid.fill(top, left, right + 1, fill);
        break;
      default:
        if (left + 1 >= kColumns) break;
        grid.split_wide(top, left);
        grid.split_wide(top, left + 2);
        grid.cells(top)[left] = {0x3042 | Cell::kWide, 0, 0};
        grid.cells(top)[left + 1] = {Cell::kTail, 0, 0};
        grid.touch(top, left + 2);
    }
    ASSERT_TRUE(is_sound(grid)) << i;
  }
}

TEST(Grid, ACopyIsItsOwn) {
  Grid grid = numbered(3, 4);
  const Grid copy = grid;
  grid.scroll(0, 2, 1, {});
  put(grid, 0, "x");
  EXPECT_EQ(rows_of(copy), (Rows{"0", "1", "2"}));
}

}  // namespace
}  // namespace ptyd::screen
