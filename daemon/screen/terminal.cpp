#include "daemon/screen/terminal.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "daemon/screen/reflow.hpp"
#include "daemon/screen/utf8.hpp"

namespace ptyd::screen {
namespace {

constexpr std::size_t kTabWidth = 8;

int clamp_rows(int rows) { return std::clamp(rows, 1, Grid::kMaxRows); }
int clamp_columns(int columns) { return std::clamp(columns, 1, Grid::kMaxColumns); }

GridPosition to_position(const Cursor& cursor) {
  return {cursor.row, cursor.pending_wrap ? cursor.column + 1 : cursor.column};
}

void from_position(const GridPosition& position, int columns, Cursor& cursor) {
  cursor.row = position.row;
  cursor.pending_wrap = position.column >= columns;
  cursor.column = std::min(position.column, columns - 1);
}

}  // namespace

Terminal::Terminal(TerminalOptions options, TerminalListener* listener)
    : options_(std::move(options)),
      listener_(listener),
      primary_(clamp_rows(options_.rows), clamp_columns(options_.columns)),
      alternate_(clamp_rows(options_.rows), clamp_columns(options_.columns)),
      scrollback_(options_.scrollback) {
  state_.set(Mode::autowrap, true);
  state_.set(Mode::cursor_visible, true);
  reset_margins();
  reset_tabs();
}

Terminal::Terminal(Terminal&&) noexcept = default;
Terminal& Terminal::operator=(Terminal&&) noexcept = default;
Terminal::~Terminal() = default;

void Terminal::feed(std::string_view bytes) {
  changed_ = false;
  primary_.set_generation(generation_ + 1);
  alternate_.set_generation(generation_ + 1);
  pen_changed();
  text_mode_changed();
  no_lines_before_ = bytes.data();
  last_lines_ = nullptr;
  parser_.feed(bytes, *this);
  remember_last_printed();
  offset_ += bytes.size();
  if (changed_) ++generation_;
}

void Terminal::resize(int rows, int columns, int x_pixels, int y_pixels) {
  rows = clamp_rows(rows);
  columns = clamp_columns(columns);
  x_pixels = std::max(x_pixels, 0);
  y_pixels = std::max(y_pixels, 0);
  const bool other_size = rows != this->rows() || columns != this->columns();
  if (!other_size && x_pixels == options_.x_pixels && y_pixels == options_.y_pixels) return;
  ++generation_;
  options_.rows = rows;
  options_.columns = columns;
  options_.x_pixels = x_pixels;
  options_.y_pixels = y_pixels;
  state_.set(Mode::synchronized, false);
  if (other_size) resize_screens(rows, columns);
  if (state_.on(Mode::size_reports)) report_size();
}

void Terminal::resize_screens(int rows, int columns) {
  auto& [saved_primary, saved_alternate] = state_.saved;
  // While the alternate screen is shown, the primary's cursor is the one that 1049 has saved.
  const auto place = [this](const std::optional<SavedCursor>& saved) {
    return to_position(saved ? saved->cursor : state_.cursor);
  };
  const auto shown = to_position(state_.cursor);
  std::array<GridPosition, 2> primary{state_.alternate ? place(saved_primary) : shown, place(saved_primary)};
  std::array<GridPosition, 2> alternate{state_.alternate ? shown : place(saved_alternate), place(saved_alternate)};
  reflow(primary_, rows, columns, scrollback_, clusters_, primary);
  crop(alternate_, rows, columns, alternate);
  from_position(state_.alternate ? alternate[0] : primary[0], columns, state_.cursor);
  if (saved_primary) from_position(primary[1], columns, saved_primary->cursor);
  if (saved_alternate) from_position(alternate[1], columns, saved_alternate->cursor);
  for (auto* grid : {&primary_, &alternate_}) {
    grid->set_generation(generation_);
    touch_all(*grid);
  }
  reset_margins();
  const auto size = static_cast<std::size_t>(columns);
  const std::size_t old_size = state_.tabs.size();
  state_.tabs.resize(size);
  for (std::size_t column = old_size; column < size; ++column) state_.tabs[column] = column % kTabWidth == 0;
}

void Terminal::touch_all(Grid& grid) noexcept {
  for (int row = 0; row < grid.rows(); ++row) grid.touch(row, 0);
}

void Terminal::reset_margins() noexcept { state_.margins = {0, rows() - 1, 0, columns() - 1}; }

void Terminal::reset_tabs() {
  state_.tabs.assign(static_cast<std::size_t>(columns()), false);
  for (std::size_t column = 0; column < state_.tabs.size(); column += kTabWidth) state_.tabs[column] = true;
}

void Terminal::remember_last_printed() {
  if (last_ == 0) return;
  const Cell cell{last_, 0, 0};
  if (last_ == kForgotten) {
    state_.last_printed.clear();
  } else if (cell.cluster()) {
    state_.last_printed = clusters_[cell.character()];
  } else {
    state_.last_printed.assign(1, cell.character());
  }
  last_ = 0;
}

void Terminal::append_text(const Cell& cell, std::string& out) const {
  if (cell.tail()) return;
  if (cell.cluster()) {
    for (const char32_t character : clusters_[cell.character()]) append_utf8(out, character);
  } else if (cell.character() == 0) {
    out += ' ';
  } else {
    append_utf8(out, cell.character());
  }
}

std::size_t Terminal::bytes() const noexcept {
  return sizeof(*this) + primary_.bytes() + alternate_.bytes() + styles_.bytes() + links_.bytes() + clusters_.bytes() +
         scrollback_.bytes();
}

}  // namespace ptyd::screen
