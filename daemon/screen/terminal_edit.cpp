// Erasing, inserting, deleting, scrolling.
#include <algorithm>

#include "daemon/screen/terminal.hpp"

namespace ptyd::screen {

// Erases cells [begin, end); `selective`: not those that DECSCA protects.
void Terminal::erase(int row, int begin, int end, bool selective) {
  Grid& grid = this->grid();
  const Cell fill = blank();
  if (end == columns()) end_line(row);
  if (!selective) {
    grid.split_wide(row, begin);
    grid.split_wide(row, end);
    grid.fill(row, begin, end, fill);
    return;
  }
  const Cell* const cells = grid.cells(row);
  for (int column = begin; column < end; ++column) {
    if (cells[column].is_protected()) continue;
    grid.split_wide(row, column);
    grid.split_wide(row, column + 1);
    grid.fill(row, column, column + 1, fill);
  }
}

// ED, DECSED
void Terminal::erase_display(std::uint32_t which, bool selective) {
  auto& cursor = state_.cursor;
  switch (which) {
    case 0:
      erase_line(0, selective);
      erase_rows(cursor.row + 1, rows(), selective);
      break;
    case 1:
      erase_rows(0, cursor.row, selective);
      erase_line(1, selective);
      break;
    case 2: erase_rows(0, rows(), selective); break;
    case 3: scrollback_.clear(); return;
    default: return;
  }
  cursor.pending_wrap = false;
}

void Terminal::erase_rows(int begin, int end, bool selective) {
  if (begin < end) begin_line(begin);
  for (int row = begin; row < end; ++row) {
    if (selective) {
      erase(row, 0, columns(), true);
    } else {
      grid().clear(row, blank());
    }
  }
}

// EL, DECSEL
void Terminal::erase_line(std::uint32_t which, bool selective) {
  auto& cursor = state_.cursor;
  if (which > 2) return;
  const int begin = which == 0 ? cursor.column : 0;
  const int end = which == 1 ? cursor.column + 1 : columns();
  if (begin == 0 && end == columns()) begin_line(cursor.row);
  erase(cursor.row, begin, end, selective);
  cursor.pending_wrap = false;
}

// ECH
void Terminal::erase_characters(std::uint32_t count) {
  auto& cursor = state_.cursor;
  erase(cursor.row, cursor.column, std::min(columns(), cursor.column + static_cast<int>(count)), guarded());
  cursor.pending_wrap = false;
}

// ICH and DCH, when negative
void Terminal::shift_characters(int count) {
  auto& cursor = state_.cursor;
  cursor.pending_wrap = false;
  if (!within_columns()) return;
  if (state_.margins.right == columns() - 1) end_line(cursor.row);
  grid().shift_cells(cursor.row, cursor.column, state_.margins.right, count, blank());
}

// DECIC and DECDC, when negative; from the left margin on SR and SL
void Terminal::shift_columns(int column, int count) {
  if (!within_margins()) return;
  state_.cursor.pending_wrap = false;
  const auto& margins = state_.margins;
  for (int row = margins.top; row <= margins.bottom; ++row) {
    if (margins.right == columns() - 1) end_line(row);
    grid().shift_cells(row, column, margins.right, count, blank());
  }
}

// IL and DL, when negative
void Terminal::shift_lines(int count) {
  if (!within_margins()) return;
  scroll(state_.cursor.row, -count, false);
  state_.cursor.column = state_.margins.left;
  state_.cursor.pending_wrap = false;
}

// What a line feed at the bottom margin does.
void Terminal::scroll_line() {
  const auto& margins = state_.margins;
  if (!full_width()) return scroll(margins.top, 1, true);
  if (margins.top == 0 && !state_.alternate) {
    keep_row(0);
  } else {
    begin_line(margins.top);
  }
  grid().scroll(margins.top, margins.bottom, 1, blank());
  if (margins.bottom > margins.top) end_line(margins.bottom - 1);
}

// Moves what is within the margins, from row `top` on, up by `count`, or down. `keep`: what leaves the top of the
// primary screen goes to the scrollback.
void Terminal::scroll(int top, int count, bool keep) {
  const auto& margins = state_.margins;
  const int height = margins.bottom - top + 1;
  count = std::clamp(count, -height, height);
  Grid& grid = this->grid();
  const Cell fill = blank();
  if (!full_width()) {
    grid.scroll_columns(top, margins.bottom, margins.left, margins.right, count, fill);
    return;
  }
  if (keep && top == 0 && !state_.alternate) {
    for (int row = 0; row < count; ++row) keep_row(row);
  } else {
    begin_line(top);
  }
  grid.scroll(top, margins.bottom, count, fill);
  // What followed the last row that stays has not moved with it.
  if (count < 0) end_line(margins.bottom);
  if (count > 0 && count < height) end_line(margins.bottom - count);
}

void Terminal::keep_row(int row) {
  const auto& info = primary_.info(row);
  const auto cells =
      std::as_const(primary_).cells(row).first(info.wrapped ? static_cast<std::size_t>(columns()) : info.used);
  scrollback_.push(cells, info.wrapped, info.mark, clusters_);
}

void Terminal::cut_line(int row) noexcept {
  grid().info(row).wrapped = false;
  grid().touch(row, 0);
}

// The line above does not go on in this row.
void Terminal::begin_line(int row) {
  if (row > 0) return end_line(row - 1);
  if (!state_.alternate) scrollback_.close();
}

// DECFI
void Terminal::forward_index() {
  auto& cursor = state_.cursor;
  if (cursor.column != state_.margins.right) return forward(1);
  shift_columns(state_.margins.left, -1);
}

// DECBI
void Terminal::back_index() {
  auto& cursor = state_.cursor;
  if (cursor.column != state_.margins.left) return back(1);
  shift_columns(state_.margins.left, 1);
}

void Terminal::clear_screen() {
  erase_rows(0, rows(), false);
  state_.cursor.pending_wrap = false;
}

// DECALN
void Terminal::alignment_pattern() {
  state_.set(Mode::origin, false);
  // xterm keeps the colours of the pen, but not its attributes.
  Style style;
  style.foreground = state_.pen.style.foreground;
  style.background = state_.pen.style.background;
  state_.pen.style = style;
  pen_changed();
  reset_margins();
  clear_screen();
  for (int row = 0; row < rows(); ++row) grid().fill(row, 0, columns(), {'E', 0, 0});
  move_to(0, 0);
}

}  // namespace ptyd::screen
