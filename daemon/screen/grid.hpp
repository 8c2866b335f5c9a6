// The rows of one screen.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "daemon/screen/cell.hpp"
#include "daemon/screen/zeroed_allocator.hpp"

namespace ptyd::screen {

// What shells tell about a row by OSC 133.
enum class Mark : std::uint8_t { none = 0, prompt = 1, input = 2, output = 3 };

struct RowInfo {
  std::uint64_t generation = 0;  // Grid::touch() of the last change
  std::uint16_t used = 0;        // cells from here on are blank()
  bool wrapped = false;          // the line goes on in the next row
  Mark mark = Mark::none;        // of the row's beginning
};

// A rectangle of cells, 1 to kMaxColumns by 1 to kMaxRows. Rows are reached through an order, so that scrolling whole
// rows moves no cells. Positions are 0-based; callers keep them inside.
class Grid {
 public:
  static constexpr int kMaxColumns = 4096;
  static constexpr int kMaxRows = 4096;

  Grid(int rows, int columns);
  int rows() const noexcept { return rows_; }
  int columns() const noexcept { return columns_; }

  // All cells of a row for writing. Whoever writes calls touch(row, end) with one past the last cell it wrote.
  Cell* cells(int row) noexcept { return &cells_[slot(row) * static_cast<std::size_t>(columns_)]; }
  std::span<const Cell> cells(int row) const noexcept {  // all columns
    return {&cells_[slot(row) * static_cast<std::size_t>(columns_)], static_cast<std::size_t>(columns_)};
  }
  // The cells up to the last one that is not blank().
  std::span<const Cell> used_cells(int row) const noexcept;
  RowInfo& info(int row) noexcept { return info_[slot(row)]; }
  const RowInfo& info(int row) const noexcept { return info_[slot(row)]; }
  // The row changed now; cells before `end` may be other than blank.
  void touch(int row, int end) noexcept {
    auto& row_info = info(row);
    row_info.generation = generation_;
    if (end > row_info.used) row_info.used = static_cast<std::uint16_t>(end);
  }
  // What touch() writes from now on; the owner counts it up.
  void set_generation(std::uint64_t generation) noexcept { generation_ = generation; }
  std::uint64_t generation() const noexcept { return generation_; }

  // Sets cells [begin, end) of a row to `fill`.
  void fill(int row, int begin, int end, Cell fill) noexcept;
  // Makes the row blank in `fill`, without mark and wrap.
  void clear(int row, Cell fill) noexcept;
  // Moves rows [top, bottom] up by `count` (down when negative), which is clamped; new rows are cleared to `fill`.
  // Only the order of rows changes, and the generations of all rows of the region. All rows of the grid up by one is
  // the quickest.
  void scroll(int top, int bottom, int count, Cell fill) noexcept;
  // The same within columns [left, right]: copies cells, breaks no wide character in two halves.
  void scroll_columns(int top, int bottom, int left, int right, int count, Cell fill) noexcept;
  // Inserts (or deletes, when negative) `count` blank cells at `column`, shifting the rest of [column, right].
  void shift_cells(int row, int column, int right, int count, Cell fill) noexcept;
  // Replaces both halves of a wide character that the border before `column` would part by blanks, for an edit that
  // begins or ends there. They keep their style, so a background stays whole.
  void split_wide(int row, int column) noexcept;
  std::size_t bytes() const noexcept;  // of memory

 private:
  std::size_t slot(int row) const noexcept { return order_[first_ + static_cast<std::size_t>(row)]; }
  void rotate(int top, int bottom, int count) noexcept;
  void rotate_all(int count) noexcept;
  void touch_region(int top, int bottom) noexcept;

  int rows_;
  int columns_;
  std::uint64_t generation_ = 1;
  std::vector<Cell, ZeroedAllocator<Cell>> cells_;
  std::vector<RowInfo> info_;
  // The rows' places in cells_ and info_: rows_ of them from first_ on. The rest is room to move first_, which turns
  // the whole screen by one row without moving the others' numbers.
  std::vector<std::uint16_t> order_;
  std::size_t first_ = 0;
  // Rows that touch_region() has marked with touched_generation_ already.
  std::uint64_t touched_generation_ = 0;
  int touched_top_ = 0;
  int touched_bottom_ = -1;
};

}  // namespace ptyd::screen
