#include "daemon/screen/reflow.hpp"

#include <gtest/gtest.h>

#include <array>

#include "tests/unit/screen/grid_support.hpp"

namespace ptyd::screen {
namespace {

using testing::is_sound;
using testing::put;
using testing::row_text;
using testing::rows_of;
using testing::to_cells;
using testing::to_text;
using Rows = std::vector<std::string>;

// A primary screen with what belongs to it. Rows that end with "\\" wrap.
struct Screen {
  Grid grid;
  Scrollback scrollback;
  ClusterTable clusters;
  std::vector<GridPosition> positions{{}};

  Screen(int columns, const Rows& rows, GridPosition cursor) : grid(static_cast<int>(rows.size()), columns) {
    for (std::size_t row = 0; row < rows.size(); ++row) {
      const bool wrapped = rows[row].ends_with('\\');
      put(grid, static_cast<int>(row), rows[row].substr(0, rows[row].size() - (wrapped ? 1 : 0)), wrapped);
    }
    positions[0] = cursor;
  }
  void push(std::string_view text, bool wrapped = false) {
    scrollback.push(to_cells(text), wrapped, Mark::none, clusters);
  }
  void resize(int rows, int columns) {
    reflow(grid, rows, columns, scrollback, clusters, positions);
    EXPECT_TRUE(is_sound(grid));
  }
  GridPosition cursor() const { return positions[0]; }
  Rows history() const {
    Rows lines;
    Line line;
    for (auto id = scrollback.first_id(); id < scrollback.end_id(); ++id) {
      EXPECT_TRUE(scrollback.read(id, line));
      lines.push_back(to_text(line.cells) + (line.open ? "\\" : ""));
    }
    return lines;
  }
};

::testing::AssertionResult at(GridPosition position, int row, int column) {
  if (position.row == row && position.column == column) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << "it is at " << position.row << ", " << position.column;
}

TEST(Reflow, WrapsLinesThatBecomeTooLongAndJoinsThemAgain) {
  Screen screen(8, {"abcdefgh", "xy", "", ""}, {1, 2});
  screen.resize(4, 5);
  EXPECT_EQ(rows_of(screen.grid), (Rows{"abcde\\", "fgh", "xy", ""}));
  EXPECT_TRUE(at(screen.cursor(), 2, 2));
  screen.resize(4, 8);
  EXPECT_EQ(rows_of(screen.grid), (Rows{"abcdefgh", "xy", "", ""}));
  EXPECT_TRUE(at(screen.cursor(), 1, 2));
}

TEST(Reflow, KeepsTheCursorWithItsCharacter) {
  Screen screen(8, {"abcdefgh\\", "ijkl", "", ""}, {1, 1});
  for (const int columns : {3, 1, 5, 4, 12, 20, 2, 7}) {
    screen.resize(12, columns);
    const auto cursor = screen.cursor();
    ASSERT_LT(cursor.column, columns);
    EXPECT_EQ(std::as_const(screen.grid).cells(cursor.row)[static_cast<std::size_t>(cursor.column)].character(), 'j');
  }
}

TEST(Reflow, RowsThatNoLongerFitGoToScrollback) {
  Screen screen(4, {"abcd", "efgh", "ijkl"}, {2, 3});
  screen.resize(3, 2);
  EXPECT_EQ(screen.history(), (Rows{"abcd", "ef\\"}));
  EXPECT_EQ(rows_of(screen.grid), (Rows{"gh", "ij\\", "kl"}));
  EXPECT_TRUE(at(screen.cursor(), 2, 1));
  screen.resize(3, 4);
  EXPECT_EQ(screen.history(), Rows{});
  EXPECT_EQ(rows_of(screen.grid), (Rows{"abcd", "efgh", "ijkl"}));
  EXPECT_TRUE(at(screen.cursor(), 2, 3));
}

TEST(Reflow, ALineThatIsOpenInScrollbackIsJoined) {
  Screen screen(4, {"efgh\\", "ij", ""}, {2, 0});
  screen.push("old");
  screen.push("abcd", true);
  screen.resize(3, 20);
  EXPECT_EQ(screen.history(), Rows{});
  EXPECT_EQ(rows_of(screen.grid), (Rows{"old", "abcdefghij", ""}));
  EXPECT_TRUE(at(screen.cursor(), 2, 0));
}

TEST(Reflow, APromptIsNotJoinedToALineThatWrapped) {
  Screen screen(4, {"%   \\", "$ ls", ""}, {1, 4});
  screen.grid.info(1).mark = Mark::prompt;
  screen.resize(3, 8);
  EXPECT_EQ(rows_of(screen.grid), (Rows{"%   ", "$ ls", ""}));
  EXPECT_EQ(screen.grid.info(1).mark, Mark::prompt);
}

TEST(Reflow, BlankRowsBelowGoFirst) {
  Screen screen(4, {"a", "b", "", ""}, {1, 1});
  screen.resize(2, 4);
  EXPECT_EQ(screen.history(), Rows{});
  EXPECT_EQ(rows_of(screen.grid), (Rows{"a", "b"}));
  EXPECT_TRUE(at(screen.cursor(), 1, 1));
  screen.resize(1, 4);
  EXPECT_EQ(screen.history(), Rows{"a"});
  EXPECT_TRUE(at(screen.cursor(), 0, 1));
}

TEST(Reflow, AHigherScreenGetsRowsBack) {
  Screen screen(4, {"c", "d"}, {1, 1});
  screen.push("a");
  screen.push("12345678b");
  screen.resize(4, 4);
  EXPECT_EQ(screen.history(), (Rows{"a", "1234\\"}));
  EXPECT_EQ(rows_of(screen.grid), (Rows{"5678\\", "b", "c", "d"}));
  EXPECT_TRUE(at(screen.cursor(), 3, 1));
  screen.resize(8, 4);
  EXPECT_EQ(screen.history(), Rows{});
  EXPECT_EQ(rows_of(screen.grid), (Rows{"a", "1234\\", "5678\\", "b", "c", "d", "", ""}));
  EXPECT_TRUE(at(screen.cursor(), 5, 1));
}

TEST(Reflow, AScreenWithRowsToSpareStaysWhereItIs) {
  Screen screen(4, {"c", "", ""}, {0, 1});
  screen.push("a");
  screen.push("b");
  screen.resize(6, 4);
  EXPECT_EQ(rows_of(screen.grid), (Rows{"c", "", "", "", "", ""}));
  EXPECT_EQ(screen.history(), (Rows{"a", "b"}));
  screen.resize(6, 9);
  EXPECT_EQ(rows_of(screen.grid), (Rows{"c", "", "", "", "", ""}));
  EXPECT_TRUE(at(screen.cursor(), 0, 1));
}

TEST(Reflow, TheCursorsRowNeverLeavesTheScreen) {
  Screen screen(4, {"a", "b", "c", "d"}, {1, 0});
  screen.resize(2, 4);
  EXPECT_EQ(screen.history(), Rows{"a"});
  EXPECT_EQ(rows_of(screen.grid), (Rows{"b", "c"}));
  EXPECT_TRUE(at(screen.cursor(), 0, 0));
  Screen narrow(4, {"a", "bbbb", "cccc", "dddd"}, {1, 0});
  narrow.resize(2, 2);
  EXPECT_EQ(narrow.history(), Rows{"a"});
  EXPECT_EQ(rows_of(narrow.grid), (Rows{"bb\\", "bb"}));
  EXPECT_TRUE(at(narrow.cursor(), 0, 0));
}

TEST(Reflow, APendingWrapStaysBehindItsCharacter) {
  Screen screen(4, {"abcd", ""}, {0, 4});
  screen.resize(2, 2);
  EXPECT_EQ(rows_of(screen.grid), (Rows{"ab\\", "cd"}));
  EXPECT_TRUE(at(screen.cursor(), 1, 2));
  screen.resize(2, 3);
  EXPECT_TRUE(at(screen.cursor(), 1, 1));
}

TEST(Reflow, TheCursorsOwnRowBehindAFullOneRemains) {
  Screen screen(4, {"abcd\\", "", ""}, {1, 0});
  screen.resize(3, 2);
  EXPECT_EQ(rows_of(screen.grid), (Rows{"ab\\", "cd\\", ""}));
  EXPECT_TRUE(at(screen.cursor(), 2, 0));
  screen.resize(3, 4);
  EXPECT_EQ(rows_of(screen.grid), (Rows{"abcd\\", "", ""}));
  EXPECT_TRUE(at(screen.cursor(), 1, 0));
  screen.resize(3, 6);
  EXPECT_TRUE(at(screen.cursor(), 0, 4));
}

TEST(Reflow, ACursorBehindTheTextIsKeptInside) {
  Screen screen(10, {"ab", "", ""}, {0, 8});
  screen.resize(3, 5);
  EXPECT_EQ(rows_of(screen.grid), (Rows{"ab", "", ""}));
  EXPECT_TRUE(at(screen.cursor(), 0, 4));
}

TEST(Reflow, ACursorBehindTextThatFillsItsRowGetsTheNextRow) {
  Screen screen(10, {"abcdef", "", "", ""}, {0, 6});
  screen.resize(4, 3);
  EXPECT_EQ(rows_of(screen.grid), (Rows{"abc\\", "def\\", "", ""}));
  EXPECT_TRUE(at(screen.cursor(), 2, 0));
  screen.resize(4, 10);
  EXPECT_EQ(rows_of(screen.grid), (Rows{"abcdef", "", "", ""}));
  EXPECT_TRUE(at(screen.cursor(), 0, 6));
}

struct WideCase {
  const char* text;
  int columns;
  Rows expected;
};

TEST(Reflow, WideCharactersWrapWholeAtEveryBorder) {
  const std::vector<WideCase> cases{
      {"a\u3042b\u3044", 2, {"a_\\", "\u3042\\", "b_\\", "\u3044"}},
      {"a\u3042b\u3044", 3, {"a\u3042\\", "b\u3044"}},
      {"a\u3042b\u3044", 4, {"a\u3042b\\", "\u3044"}},
      {"a\u3042b\u3044", 5, {"a\u3042b_\\", "\u3044"}},
      {"a\u3042b\u3044", 6, {"a\u3042b\u3044"}},
      {"\u3042\u3042\u3042", 2, {"\u3042\\", "\u3042\\", "\u3042"}},
      {"\u3042\u3042\u3042", 3, {"\u3042_\\", "\u3042_\\", "\u3042"}},
      {"\u3042\u3042\u3042", 5, {"\u3042\u3042_\\", "\u3042"}},
  };
  for (const auto& test : cases) {
    Screen screen(8, {test.text, "", "", ""}, {0, 0});
    screen.resize(4, test.columns);
    auto expected = test.expected;
    expected.resize(4);
    EXPECT_EQ(rows_of(screen.grid), expected) << test.text << " " << test.columns;
    screen.resize(4, 8);
    EXPECT_EQ(rows_of(screen.grid), (Rows{test.text, "", "", ""})) << test.text << " " << test.columns;
  }
}

TEST(Reflow, InOneColumnWideCharactersBecomeNarrow) {
  Screen screen(8, {"a\u3042b", "", "", ""}, {0, 3});
  screen.resize(4, 1);
  ASSERT_TRUE(is_sound(screen.grid));
  EXPECT_EQ(screen.grid.cells(1)->bits, 0x3042u);
  EXPECT_TRUE(at(screen.cursor(), 2, 0));
}

TEST(Reflow, ASpacerAtTheBorderToScrollbackComesAndGoes) {
  Screen screen(3, {"\u3042c", ""}, {1, 0});
  screen.push("ab", true);
  screen.resize(3, 3);
  EXPECT_EQ(rows_of(screen.grid), (Rows{"ab_\\", "\u3042c", ""}));
  screen.resize(2, 3);
  EXPECT_EQ(screen.history(), Rows{"ab\\"});
  screen.resize(2, 5);
  EXPECT_EQ(rows_of(screen.grid), (Rows{"ab\u3042c", ""}));
}

TEST(Reflow, RowsOverwrittenAfterTheyWrappedKeepTheirPlace) {
  Screen screen(4, {"a\\", "....\\", "b", ""}, {2, 1});
  screen.resize(4, 8);
  EXPECT_EQ(rows_of(screen.grid), (Rows{"a\\", "b", "", ""}));
  EXPECT_TRUE(at(screen.cursor(), 1, 1));
  Screen spacer(3, {"ab\\", "xyz", ""}, {2, 0});
  spacer.grid.cells(0)[2].bits = Cell::kWrapSpacer;
  spacer.grid.touch(0, 3);
  spacer.resize(3, 6);
  EXPECT_EQ(rows_of(spacer.grid), (Rows{"abxyz", "", ""}));
}

TEST(Reflow, ColoredBlanksBehindTheTextMakeNoRows) {
  Screen screen(8, {"ab", "cd"}, {1, 2});
  for (int column = 2; column < 8; ++column) screen.grid.cells(0)[column].style = 3;
  screen.grid.touch(0, 8);
  screen.resize(2, 4);
  EXPECT_EQ(rows_of(screen.grid), (Rows{"ab..", "cd"}));
  EXPECT_EQ(screen.grid.cells(0)[3].style, 3);
}

TEST(Reflow, ClustersGoToScrollbackAndComeBack) {
  Screen screen(4, {"a", "b"}, {1, 1});
  screen.grid.cells(0)[0] = {screen.clusters.intern(U"e\u0301") | Cell::kCluster, 2, 0};
  screen.resize(1, 4);
  screen.clusters.sweep({});
  screen.clusters.intern(U"other");
  screen.resize(2, 4);
  const Cell cell = screen.grid.cells(0)[0];
  ASSERT_TRUE(cell.cluster());
  EXPECT_EQ(screen.clusters[cell.character()], U"e\u0301");
  EXPECT_EQ(cell.style, 2);
}

TEST(Reflow, MarksStayWithTheirRows) {
  Screen screen(4, {"abcd\\", "ef", "gh"}, {2, 2});
  screen.grid.info(0).mark = Mark::prompt;
  screen.grid.info(2).mark = Mark::output;
  screen.resize(3, 8);
  EXPECT_EQ(screen.grid.info(0).mark, Mark::prompt);
  EXPECT_EQ(screen.grid.info(1).mark, Mark::output);
  screen.resize(1, 8);
  screen.resize(2, 8);
  EXPECT_EQ(screen.grid.info(0).mark, Mark::prompt);
}

TEST(Reflow, EveryRowOfTheNewScreenHasTheGeneration) {
  Screen screen(4, {"a", "b", "c"}, {2, 0});
  screen.grid.set_generation(9);
  screen.resize(5, 3);
  EXPECT_EQ(screen.grid.generation(), 9u);
  for (int row = 0; row < 5; ++row) EXPECT_EQ(screen.grid.info(row).generation, 9u);
}

TEST(Reflow, OtherPositionsStayWithTheirTextOrInside) {
  Screen screen(4, {"abcd", "efgh", "", ""}, {1, 4});
  screen.positions.insert(screen.positions.end(), {{0, 1}, {3, 2}, {99, 99}, {-5, -5}});
  screen.resize(3, 2);
  EXPECT_TRUE(at(screen.positions[0], 2, 2));
  EXPECT_TRUE(at(screen.positions[1], 0, 1));
  EXPECT_TRUE(at(screen.positions[2], 2, 2));
  for (const auto& position : screen.positions) {
    EXPECT_TRUE(position.row >= 0 && position.row < 3 && position.column >= 0 && position.column <= 2);
  }
}

TEST(Reflow, WithoutPositionsAndAtOddSizesItOnlyKeepsWithinBounds) {
  Screen screen(4, {"abcd", "ef"}, {0, 0});
  screen.positions.clear();
  for (const auto& [rows, columns] : {std::pair{0, 0}, {1, 1}, {1, 9999}, {9999, 1}, {-1, -1}, {3, 3}, {2, 4}}) {
    screen.resize(rows, columns);
  }
  EXPECT_EQ(rows_of(screen.grid), (Rows{"abcd", "ef"}));
}

TEST(Reflow, ALongOpenLineIsCutButWhole) {
  Screen screen(100, {std::string(100, 'y') + "\\", "end"}, {1, 3});
  for (int i = 0; i < 300; ++i) screen.push(std::string(100, 'x'), true);
  for (const int columns : {30, 70, 4000, 1, 100}) screen.resize(2, columns);
  std::string all;
  for (auto& line : screen.history()) all += line.substr(0, line.find('\\'));
  for (const auto& row : rows_of(screen.grid)) all += row.substr(0, row.find('\\'));
  EXPECT_EQ(all, std::string(30'000, 'x') + std::string(100, 'y') + "end");
}

TEST(Crop, CutsBelowAndAtTheRight) {
  Grid grid(3, 6);
  put(grid, 0, "abcdef", true);
  put(grid, 1, "gh");
  put(grid, 2, "\u3042\u3044\u3046");
  std::array<GridPosition, 2> positions{{{0, 6}, {2, 5}}};
  crop(grid, 2, 3, positions);
  EXPECT_EQ(rows_of(grid), (Rows{"abc", "gh"}));
  EXPECT_TRUE(at(positions[0], 0, 2));
  EXPECT_TRUE(at(positions[1], 1, 2));
  crop(grid, 3, 5, positions);
  EXPECT_EQ(rows_of(grid), (Rows{"abc", "gh", ""}));
  EXPECT_TRUE(is_sound(grid));
}

TEST(Crop, CutsNoWideCharacterInHalves) {
  for (int columns = 1; columns <= 6; ++columns) {
    Grid grid(1, 6);
    put(grid, 0, "\u3042\u3044\u3046");
    crop(grid, 1, columns, {});
    EXPECT_TRUE(is_sound(grid)) << columns;
    EXPECT_EQ(row_text(grid, 0).size(), static_cast<std::size_t>(columns / 2 * 3 + columns % 2));
  }
}

TEST(Crop, RowsAboveTheCursorGoWhenNoneIsToSpareBelow) {
  Grid grid(4, 2);
  for (int row = 0; row < 4; ++row) put(grid, row, std::to_string(row));
  std::array<GridPosition, 1> positions{{{2, 2}}};
  crop(grid, 2, 2, positions);
  EXPECT_EQ(rows_of(grid), (Rows{"1", "2"}));
  EXPECT_TRUE(at(positions[0], 1, 2));
}

}  // namespace
}  // namespace ptyd::screen
