// The logical lines of a screen, laid out at another width.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "daemon/screen/cluster.hpp"
#include "daemon/screen/grid.hpp"
#include "daemon/screen/reflow.hpp"
#include "daemon/screen/scrollback.hpp"

namespace ptyd::screen {

// Puts a line's clusters into `clusters`: its cells refer to that table from now on.
void intern_clusters(Line& line, ClusterTable& clusters);

// A row of the new layout.
struct LaidRow {
  std::size_t begin = 0;  // in ScreenLines::cells()
  std::size_t end = 0;
  bool wrapped = false;
  Mark mark = Mark::none;
};

// Copies what it needs of the grid. Takes the newest line of scrollback out when it goes on in the grid's first row.
class ScreenLines {
 public:
  // Joins the first `used` rows of the grid.
  ScreenLines(const Grid& grid, int used, Scrollback& scrollback, ClusterTable& clusters,
              std::span<const GridPosition> positions);

  // Lays out as many lines, from the last one upwards, as fill `rows` rows and reach the first position's line.
  void lay_out(std::size_t rows, int columns);
  std::span<const Cell> cells(const LaidRow& row) const noexcept {
    return std::span(cells_).subspan(row.begin, row.end - row.begin);
  }
  const std::vector<LaidRow>& rows() const noexcept { return rows_; }
  // The first row of which something was on the screen, not in scrollback.
  std::size_t first_screen_row() const noexcept;
  // Where positions[index] is now, as an index into rows(); -1 for what is above.
  GridPosition place(std::size_t index) const noexcept;
  // Appends all that is above rows()[top] to scrollback.
  void push_above(std::size_t top, Scrollback& scrollback, const ClusterTable& clusters) const;

 private:
  struct LogicalLine {
    std::size_t begin = 0;  // in cells_
    std::size_t end = 0;
    std::size_t first_row = 0;  // in rows_
    Mark mark = Mark::none;
  };
  // Where a position is in its line.
  struct Place {
    std::size_t line = 0;  // lines_.size(): below the last one, by `offset` rows
    std::size_t row_begin = 0;
    std::size_t offset = 0;
    bool pending = false;  // behind the cell before `offset`
    int column = 0;
  };
  void add_row(const Grid& grid, int row, bool begins_line, bool wrapped);
  void wrap(std::size_t line, std::vector<LineRow>& out) const;
  std::size_t end_row(std::size_t line) const noexcept {
    return line + 1 < lines_.size() ? lines_[line + 1].first_row : rows_.size();
  }

  std::vector<Cell> cells_;
  std::vector<LogicalLine> lines_;
  std::vector<Place> places_;
  std::vector<LaidRow> rows_;
  std::size_t first_line_ = 0;  // of those that are laid out
  std::size_t prefix_ = 0;      // cells of the first line that were in scrollback
  int columns_ = 1;
};

}  // namespace ptyd::screen
