// What no sequence of sizes may change: the text of all logical lines up to the cursor.
#include <gtest/gtest.h>

#include "daemon/screen/reflow.hpp"
#include "tests/unit/screen/grid_support.hpp"

namespace ptyd::screen {
namespace {

using testing::is_sound;

void trim(std::string& text) { text.erase(text.find_last_not_of(' ') + 1); }

// Text of cells; what was never written is a blank.
void append_cells(std::string& out, std::span<const Cell> cells, const ClusterTable& clusters,
                  const std::vector<std::u32string>* own) {
  for (const auto& cell : cells) {
    if (cell.tail() || cell.wrap_spacer()) continue;
    if (cell.cluster()) {
      for (const char32_t c : own != nullptr ? (*own)[cell.character()] : clusters[cell.character()])
        append_utf8(out, c);
    } else {
      append_utf8(out, cell.character() == 0 ? U' ' : cell.character());
    }
  }
}

struct Screen {
  Grid grid{6, 20};
  Scrollback scrollback{{100'000, std::size_t{1} << 28}};
  ClusterTable clusters;
  GridPosition cursor;
  std::mt19937 random;

  explicit Screen(unsigned seed) : random(seed) {}
  int below(int end) { return static_cast<int>(random() % static_cast<unsigned>(end)); }

  void scroll() {
    const auto& info = grid.info(0);
    const auto cells = info.wrapped ? std::as_const(grid).cells(0) : grid.used_cells(0);
    scrollback.push(cells, info.wrapped, info.mark, clusters);
    grid.scroll(0, grid.rows() - 1, 1, {});
    --cursor.row;
  }
  void next_row(bool wrapped) {
    grid.info(cursor.row).wrapped = wrapped;
    ++cursor.row;
    if (cursor.row == grid.rows()) scroll();
    cursor.column = 0;
  }
  void print(Cell cell, int width) {
    if (width > grid.columns()) width = 1;
    if (cursor.column + width > grid.columns()) {
      if (cursor.column < grid.columns()) {
        grid.split_wide(cursor.row, cursor.column);
        grid.cells(cursor.row)[cursor.column] = {Cell::kWrapSpacer, 0, 0};
        grid.touch(cursor.row, cursor.column + 1);
      }
      next_row(true);
    }
    grid.split_wide(cursor.row, cursor.column);
    grid.split_wide(cursor.row, cursor.column + width);
    Cell* at = grid.cells(cursor.row) + cursor.column;
    if (width == 2) {
      cell.bits |= Cell::kWide;
      at[1] = {Cell::kTail, cell.style, 0};
    }
    *at = cell;
    cursor.column += width;
    grid.touch(cursor.row, cursor.column);
  }
  void print_random() {
    const auto style = static_cast<std::uint16_t>(below(3));
    switch (below(8)) {
      case 0: return print({0x3042u + static_cast<unsigned>(below(20)), style, 0}, 2);
      case 1: return print({clusters.intern(U"e\u0301") | Cell::kCluster, style, 0}, 1);
      case 2: return print({clusters.intern(U"\U0001f469\u200d\U0001f680") | Cell::kCluster, style, 0}, 2);
      default: return print({static_cast<std::uint32_t>('a' + below(26)), style, 0}, 1);
    }
  }
  // Some output, and now and then an edit that leaves things a program would not.
  void write() {
    for (int lines = below(6); lines >= 0; --lines) {
      for (int left = below(4) == 0 ? below(100) : below(25); left > 0; --left) print_random();
      if (below(3) > 0) next_row(false);
    }
    if (below(4) == 0) {
      const int row = below(grid.rows()), begin = below(grid.columns()), end = begin + below(grid.columns() - begin);
      grid.split_wide(row, begin);
      grid.split_wide(row, end);
      grid.fill(row, begin, end, below(2) == 0 ? Cell{} : Cell{0, 2, 0});
    }
    if (below(8) == 0) grid.shift_cells(below(grid.rows()), 0, grid.columns() - 1, below(9) - 4, {});
    if (below(8) == 0) cursor = {below(grid.rows()), below(grid.columns())};
  }

  // All logical lines, of the last one only what is before the cursor.
  std::vector<std::string> lines() const {
    std::vector<std::string> all{""};
    Line line;
    for (auto id = scrollback.first_id(); id < scrollback.end_id(); ++id) {
      EXPECT_TRUE(scrollback.read(id, line));
      append_cells(all.back(), line.cells, clusters, &line.clusters);
      if (!line.cut && !line.open) all.emplace_back();
    }
    for (int row = 0; row <= cursor.row; ++row) {
      const auto& info = grid.info(row);
      auto cells = grid.cells(row);
      const auto last = cells.back();
      if (row == cursor.row) cells = cells.first(static_cast<std::size_t>(cursor.column));
      append_cells(all.back(), cells, clusters, nullptr);
      if (row == cursor.row) break;
      if (last.wrap_spacer() && !info.wrapped) all.back() += ' ';
      if (!info.wrapped) all.emplace_back();
    }
    for (auto& text : all) trim(text);
    return all;
  }
  void resize(int rows, int columns) {
    reflow(grid, rows, columns, scrollback, clusters, std::span(&cursor, 1));
    ASSERT_EQ(grid.rows(), rows);
    ASSERT_EQ(grid.columns(), columns);
    ASSERT_TRUE(is_sound(grid));
    ASSERT_TRUE(cursor.row >= 0 && cursor.row < rows && cursor.column >= 0 && cursor.column <= columns);
  }
};

TEST(ReflowProperty, NoSequenceOfSizesChangesTheTextBeforeTheCursor) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    Screen screen(seed);
    for (int round = 0; round < 6; ++round) {
      screen.write();
      for (int sizes = 1 + screen.below(3); sizes > 0; --sizes) {
        const int rows = 1 + screen.below(12);
        // The cursor can be within a wide character, which one column has no place for.
        const int columns = (screen.below(20) == 0 ? 1 : 2) + screen.below(40);
        const auto before = screen.lines();
        screen.resize(rows, columns);
        const auto after = screen.lines();
        for (std::size_t i = 0; i < std::min(before.size(), after.size()); ++i) {
          ASSERT_EQ(after[i], before[i]) << "line " << i << ", seed " << seed << ", " << rows << "x" << columns;
        }
        ASSERT_EQ(after.size(), before.size()) << "seed " << seed << ", " << rows << "x" << columns;
      }
    }
  }
}

// A screen that only ever printed comes back exactly.
TEST(ReflowProperty, GoingBackToTheSizeGivesTheSameScreen) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    Screen screen(seed);
    for (int i = 0; i < 12; ++i) {
      for (int left = screen.below(50); left > 0; --left) screen.print_random();
      screen.next_row(false);
    }
    const auto rows = testing::rows_of(screen.grid);
    const auto cursor = screen.cursor;
    for (int sizes = 1 + screen.below(4); sizes > 0; --sizes) {
      screen.resize(2 + screen.below(10), 2 + screen.below(40));
    }
    screen.resize(6, 20);
    EXPECT_EQ(testing::rows_of(screen.grid), rows) << "seed " << seed;
    EXPECT_EQ(screen.cursor.row, cursor.row) << "seed " << seed;
    EXPECT_EQ(screen.cursor.column, cursor.column) << "seed " << seed;
  }
}

// With this much scrollback anything that looks at all of it would take minutes.
TEST(ReflowProperty, CostsNothingForScrollback) {
  Screen screen(1);
  screen.scrollback.set_limits({1'000'000, std::size_t{1} << 28});
  const auto cells = testing::to_cells("a line of some length");
  for (int i = 0; i < 300'000; ++i) screen.scrollback.push(cells, false, Mark::none, screen.clusters);
  for (int i = 0; i < 12; ++i) {
    screen.print_random();
    screen.next_row(false);
  }
  for (int i = 0; i < 2'000; ++i) {
    screen.resize(6 + i % 40, 20 + i % 7);
    ASSERT_GE(screen.scrollback.end_id(), 299'900u);
    ASSERT_LE(screen.scrollback.end_id(), 300'007u);
  }
}

// Rows and flags that no terminal makes must not do harm, either.
TEST(ReflowProperty, SurvivesAnyCells) {
  std::mt19937 random(11);
  for (int round = 0; round < 300; ++round) {
    Grid grid(1 + static_cast<int>(random() % 8), 1 + static_cast<int>(random() % 8));
    Scrollback scrollback({20, 10'000});
    ClusterTable clusters;
    for (int i = 0; i < 6; ++i) {
      for (int row = 0; row < grid.rows(); ++row) {
        for (int column = 0; column < grid.columns(); ++column) {
          const std::uint32_t bits = (random() & 0xff) | (random() & random() & 0x3e00000);
          grid.cells(row)[column] = {random() % 3 == 0 ? 0 : bits, static_cast<std::uint16_t>(random() % 2), 0};
        }
        grid.touch(row, grid.columns());
        grid.info(row).wrapped = random() % 2 == 0;
        grid.info(row).mark = static_cast<Mark>(random() % 4);
      }
      std::vector<GridPosition> positions(random() % 3);
      for (auto& position : positions) {
        position = {static_cast<int>(random() % 12) - 2, static_cast<int>(random() % 12) - 2};
      }
      const int rows = 1 + static_cast<int>(random() % 8), columns = 1 + static_cast<int>(random() % 8);
      if (random() % 8 == 0) {
        crop(grid, rows, columns, positions);
      } else {
        reflow(grid, rows, columns, scrollback, clusters, positions);
      }
      ASSERT_EQ(grid.rows(), rows);
      for (const auto& position : positions) {
        ASSERT_TRUE(position.row >= 0 && position.row < rows && position.column >= 0 && position.column <= columns);
      }
    }
  }
}

}  // namespace
}  // namespace ptyd::screen
