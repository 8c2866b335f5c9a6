#include "daemon/screen/grid.hpp"

#include <algorithm>
#include <cstring>

namespace ptyd::screen {
namespace {

// Room in the order of rows: so many scrolls of the whole screen cost one copy of the order.
constexpr std::size_t kSpareOrder = 64;

std::size_t clamped(int value, int most) { return static_cast<std::size_t>(std::clamp(value, 1, most)); }

}  // namespace

Grid::Grid(int rows, int columns)
    : rows_(std::clamp(rows, 1, kMaxRows)),
      columns_(std::clamp(columns, 1, kMaxColumns)),
      cells_(clamped(rows, kMaxRows) * clamped(columns, kMaxColumns)),
      info_(clamped(rows, kMaxRows)),
      order_(2 * info_.size() + kSpareOrder) {
  for (std::size_t row = 0; row < info_.size(); ++row) order_[row] = static_cast<std::uint16_t>(row);
}

std::span<const Cell> Grid::used_cells(int row) const noexcept {
  const auto all = cells(row);
  std::size_t end = info(row).used;
  while (end > 0 && all[end - 1].blank()) --end;
  return all.first(end);
}

void Grid::fill(int row, int begin, int end, Cell fill) noexcept {
  if (begin >= end) return;
  auto& row_info = info(row);
  row_info.generation = generation_;
  Cell* row_cells = cells(row);
  if (!fill.blank()) {
    std::fill(row_cells + begin, row_cells + end, fill);
    row_info.used = std::max(row_info.used, static_cast<std::uint16_t>(end));
    return;
  }
  const int used = row_info.used;
  if (begin < used) std::fill(row_cells + begin, row_cells + std::min(end, used), fill);
  if (end >= used) row_info.used = static_cast<std::uint16_t>(std::min(begin, used));
}

void Grid::clear(int row, Cell fill) noexcept {
  auto& row_info = info(row);
  Cell* row_cells = cells(row);
  if (fill.blank()) {
    std::fill_n(row_cells, row_info.used, fill);
    row_info = {generation_, 0, false, Mark::none};
  } else {
    std::fill_n(row_cells, columns_, fill);
    row_info = {generation_, static_cast<std::uint16_t>(columns_), false, Mark::none};
  }
}

void Grid::scroll(int top, int bottom, int count, Cell fill) noexcept {
  const int height = bottom - top + 1;
  count = std::clamp(count, -height, height);
  if (count == 0) return;
  if (height == rows_) {
    rotate_all(count);
  } else {
    rotate(top, bottom, count);
  }
  touch_region(top, bottom);
  if (count > 0) {
    for (int row = bottom - count + 1; row <= bottom; ++row) clear(row, fill);
  } else {
    for (int row = top; row < top - count; ++row) clear(row, fill);
  }
}

void Grid::rotate(int top, int bottom, int count) noexcept {
  const auto at = [&](int row) { return order_.begin() + static_cast<std::ptrdiff_t>(first_) + row; };
  std::rotate(at(top), count > 0 ? at(top + count) : at(bottom + 1 + count), at(bottom + 1));
}

void Grid::rotate_all(int count) noexcept {
  const auto rows = static_cast<std::size_t>(rows_);
  for (; count > 0; --count) {
    if (first_ + rows == order_.size()) {
      std::copy_n(order_.begin() + static_cast<std::ptrdiff_t>(first_), rows, order_.begin());
      first_ = 0;
    }
    order_[first_ + rows] = order_[first_];
    ++first_;
  }
  for (; count < 0; ++count) {
    if (first_ == 0) {
      first_ = order_.size() - rows;
      std::copy_n(order_.begin(), rows, order_.begin() + static_cast<std::ptrdiff_t>(first_));
    }
    --first_;
    order_[first_] = order_[first_ + rows];
  }
}

// Rows that scroll twice in a generation are marked once: what comes in new is marked by clear().
void Grid::touch_region(int top, int bottom) noexcept {
  if (touched_generation_ == generation_ && touched_top_ <= top && bottom <= touched_bottom_) return;
  for (int row = top; row <= bottom; ++row) info(row).generation = generation_;
  touched_generation_ = generation_;
  touched_top_ = top;
  touched_bottom_ = bottom;
}

void Grid::scroll_columns(int top, int bottom, int left, int right, int count, Cell fill) noexcept {
  if (left == 0 && right == columns_ - 1) {
    scroll(top, bottom, count, fill);
    return;
  }
  const int height = bottom - top + 1;
  count = std::clamp(count, -height, height);
  if (count == 0) return;
  for (int row = top; row <= bottom; ++row) {
    split_wide(row, left);
    split_wide(row, right + 1);
  }
  const int step = count > 0 ? 1 : -1;
  const int begin = count > 0 ? top : bottom;
  const int end = count > 0 ? bottom + 1 : top - 1;
  for (int row = begin; row != end; row += step) {
    const int source = row + count;
    if (source < top || source > bottom) {
      this->fill(row, left, right + 1, fill);
      continue;
    }
    std::copy_n(cells(source) + left, right - left + 1, cells(row) + left);
    touch(row, std::min<int>(right + 1, std::max(info(source).used, info(row).used)));
  }
}

void Grid::shift_cells(int row, int column, int right, int count, Cell fill) noexcept {
  const int width = right - column + 1;
  count = std::clamp(count, -width, width);
  if (count == 0) return;
  split_wide(row, column);
  split_wide(row, right + 1);
  Cell* row_cells = cells(row);
  // What moves off the last column is no longer the place of a wide character that went to the next row.
  if (right == columns_ - 1) row_cells[right].bits &= ~Cell::kWrapSpacer;
  const int used = info(row).used;
  if (count > 0) {
    split_wide(row, right + 1 - count);
    std::copy_backward(row_cells + column, row_cells + right + 1 - count, row_cells + right + 1);
    touch(row, used > column ? std::max(used, std::min(right + 1, used + count)) : used);
    this->fill(row, column, column + count, fill);
  } else {
    split_wide(row, column - count);
    std::copy(row_cells + column - count, row_cells + right + 1, row_cells + column);
    touch(row, used);
    this->fill(row, right + 1 + count, right + 1, fill);
  }
}

void Grid::split_wide(int row, int column) noexcept {
  if (column <= 0 || column >= columns_) return;
  Cell* right = cells(row) + column;
  if (!right->tail()) return;
  Cell* left = right - 1;
  *right = {0, right->style, 0};
  if (left->wide()) *left = {0, left->style, 0};
}

std::size_t Grid::bytes() const noexcept {
  return cells_.capacity() * sizeof(Cell) + info_.capacity() * sizeof(RowInfo) + order_.capacity() * sizeof(order_[0]);
}

}  // namespace ptyd::screen
