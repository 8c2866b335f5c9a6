// Where the cursor goes. Borders and margins are treated as xterm does.
#include <algorithm>

#include "daemon/screen/terminal.hpp"

namespace ptyd::screen {
namespace {

// Counts are at most 65535.
int to_int(std::uint32_t value) { return static_cast<int>(value); }

}  // namespace

bool Terminal::within_columns() const noexcept {
  return state_.cursor.column >= state_.margins.left && state_.cursor.column <= state_.margins.right;
}

bool Terminal::within_margins() const noexcept {
  return within_columns() && state_.cursor.row >= state_.margins.top && state_.cursor.row <= state_.margins.bottom;
}

void Terminal::move_to(int row, int column) noexcept {
  state_.cursor = {std::clamp(row, 0, rows() - 1), std::clamp(column, 0, columns() - 1), false};
}

// In origin mode positions count from the margins and stay within them.
void Terminal::position(int row, int column) noexcept {
  if (!state_.on(Mode::origin)) return move_to(row, column);
  const auto& margins = state_.margins;
  move_to(std::min(row + margins.top, margins.bottom), std::min(column + margins.left, margins.right));
}

int Terminal::addressed_row() const noexcept {
  return state_.cursor.row - (state_.on(Mode::origin) ? state_.margins.top : 0);
}

int Terminal::addressed_column() const noexcept {
  return state_.cursor.column - (state_.on(Mode::origin) ? state_.margins.left : 0);
}

void Terminal::up(std::uint32_t count) noexcept {
  auto& cursor = state_.cursor;
  const int top = cursor.row >= state_.margins.top ? state_.margins.top : 0;
  cursor.row = std::max(top, cursor.row - to_int(count));
  cursor.pending_wrap = false;
}

void Terminal::down(std::uint32_t count) noexcept {
  auto& cursor = state_.cursor;
  const int bottom = cursor.row <= state_.margins.bottom ? state_.margins.bottom : rows() - 1;
  cursor.row = std::min(bottom, cursor.row + to_int(count));
  cursor.pending_wrap = false;
}

void Terminal::forward(std::uint32_t count) noexcept {
  auto& cursor = state_.cursor;
  cursor.column = std::min(end_column(cursor.column) - 1, cursor.column + to_int(count));
  cursor.pending_wrap = false;
}

void Terminal::back(std::uint32_t count) noexcept {
  auto& cursor = state_.cursor;
  if (state_.on(Mode::autowrap) && (state_.on(Mode::reverse_wrap) || state_.on(Mode::reverse_wrap_any)))
    return back_wrapping(count, state_.on(Mode::reverse_wrap_any));
  const int left = cursor.column >= state_.margins.left ? state_.margins.left : 0;
  cursor.column = std::max(left, cursor.column - to_int(count));
  cursor.pending_wrap = false;
}

// Goes on at the end of the row above: `any`, or only of one that has wrapped into this row.
void Terminal::back_wrapping(std::uint32_t count, bool any) noexcept {
  auto& cursor = state_.cursor;
  const auto& margins = state_.margins;
  int left = std::min(to_int(count), rows() * columns());
  // The first step only takes back the wrap that is pending.
  if (cursor.pending_wrap) --left;
  cursor.pending_wrap = false;
  while (left > 0) {
    const int border = cursor.column >= margins.left ? margins.left : 0;
    const int step = std::min(left, cursor.column - border);
    cursor.column -= step;
    left -= step;
    if (left == 0) return;
    int row = cursor.row - 1;
    if (any) {
      if (cursor.row == margins.top) row = margins.bottom;
      if (row < 0) row = rows() - 1;
    } else if (row < 0 || !grid().info(row).wrapped) {
      return;
    }
    cursor = {row, margins.right, false};
    --left;
  }
}

void Terminal::carriage_return() noexcept {
  auto& cursor = state_.cursor;
  const int left = state_.margins.left;
  cursor.column = state_.on(Mode::origin) || cursor.column >= left ? left : 0;
  cursor.pending_wrap = false;
}

void Terminal::line_feed() {
  index();
  if (state_.on(Mode::newline)) carriage_return();
}

bool Terminal::index() {
  auto& cursor = state_.cursor;
  cursor.pending_wrap = false;
  if (cursor.row == state_.margins.bottom) {
    if (!within_columns()) return false;
    scroll_line();
    return true;
  }
  if (cursor.row < rows() - 1) ++cursor.row;
  return false;
}

void Terminal::reverse_index() {
  auto& cursor = state_.cursor;
  cursor.pending_wrap = false;
  if (cursor.row == state_.margins.top) {
    if (within_columns()) scroll(state_.margins.top, -1, false);
  } else if (cursor.row > 0) {
    --cursor.row;
  }
}

// A tab that moves nothing does not take a pending wrap away. Source: DEC STD 070 as VT220s and later have it.
void Terminal::tab_forward(std::uint32_t count) {
  auto& cursor = state_.cursor;
  if (state_.on(Mode::tab_wraps)) wrap_before_tab();
  const int last = end_column(cursor.column) - 1;
  int column = cursor.column;
  for (; count > 0 && column < last; --count) {
    do ++column;
    while (column < last && !state_.tabs[static_cast<std::size_t>(column)]);
  }
  if (column != cursor.column) cursor = {cursor.row, column, false};
}

// What more(1) relies on: a tab after a full row is shown in the next one.
void Terminal::wrap_before_tab() {
  if (!state_.cursor.pending_wrap || !state_.on(Mode::autowrap)) return;
  index();
  state_.cursor.column = 0;
}

void Terminal::tab_back(std::uint32_t count) noexcept {
  auto& cursor = state_.cursor;
  const int first = state_.on(Mode::origin) ? state_.margins.left : 0;
  int column = cursor.column;
  for (; count > 0 && column > first; --count) {
    do --column;
    while (column > first && !state_.tabs[static_cast<std::size_t>(column)]);
  }
  if (column != cursor.column) cursor = {cursor.row, column, false};
}

void Terminal::set_tab() { state_.tabs[static_cast<std::size_t>(state_.cursor.column)] = true; }

// TBC
void Terminal::clear_tabs(std::uint32_t which) {
  if (which == 0) state_.tabs[static_cast<std::size_t>(state_.cursor.column)] = false;
  if (which == 3) state_.tabs.assign(state_.tabs.size(), false);
}

// DECSC
void Terminal::save_cursor() {
  saved() = SavedCursor{state_.cursor, state_.pen, state_.charsets, state_.on(Mode::origin)};
  saved()->pen.link = 0;
}

// DECRC; what was never saved is the home position in the looks of the beginning.
void Terminal::restore_cursor() {
  const SavedCursor from = saved().value_or(SavedCursor());
  const auto& margins = state_.margins;
  state_.set(Mode::origin, from.origin);
  const auto link = state_.pen.link;
  state_.pen = from.pen;
  state_.pen.link = link;
  pen_changed();
  state_.charsets = from.charsets;
  text_mode_changed();
  if (from.origin) {
    move_to(std::clamp(from.cursor.row, margins.top, margins.bottom),
            std::clamp(from.cursor.column, margins.left, margins.right));
  } else {
    move_to(from.cursor.row, from.cursor.column);
  }
  state_.cursor.pending_wrap = from.cursor.pending_wrap && state_.cursor.column == from.cursor.column;
}

// DECSTBM
void Terminal::set_vertical_margins(const Parameters& parameters) noexcept {
  const int top = to_int(parameters.at_least_1(0));
  int bottom = to_int(parameters.at(1, 0));
  if (bottom == 0 || bottom > rows()) bottom = rows();
  if (top >= bottom) return;
  state_.margins.top = top - 1;
  state_.margins.bottom = bottom - 1;
  position(0, 0);
}

// DECSLRM
void Terminal::set_horizontal_margins(const Parameters& parameters) noexcept {
  const int left = to_int(parameters.at_least_1(0));
  int right = to_int(parameters.at(1, 0));
  if (right == 0 || right > columns()) right = columns();
  if (left >= right) return;
  state_.margins.left = left - 1;
  state_.margins.right = right - 1;
  position(0, 0);
}

}  // namespace ptyd::screen
