// Rectangular areas (VT420).
#include <algorithm>
#include <vector>

#include "daemon/screen/terminal.hpp"

namespace ptyd::screen {

// Top, left, bottom and right from parameter `first` on; nothing when they are in the wrong order or outside.
std::optional<Terminal::Rectangle> Terminal::rectangle(const Parameters& parameters, std::size_t first) const noexcept {
  const bool origin = state_.on(Mode::origin);
  const auto& margins = state_.margins;
  const int row_offset = origin ? margins.top : 0;
  const int column_offset = origin ? margins.left : 0;
  const int last_row = origin ? margins.bottom + 1 : rows();
  const int last_column = origin ? margins.right + 1 : columns();
  const auto number = [&](std::size_t index, int offset, int otherwise) {
    const auto value = static_cast<int>(parameters.at(first + index, 0));
    return value == 0 ? otherwise : value + offset;
  };
  const Rectangle area{number(0, row_offset, row_offset + 1) - 1, number(1, column_offset, column_offset + 1) - 1,
                       std::min(number(2, row_offset, last_row), last_row),
                       std::min(number(3, column_offset, last_column), last_column)};
  if (area.top >= area.bottom || area.left >= area.right) return std::nullopt;
  return area;
}

void Terminal::rectangle_function(const Sequence& sequence) {
  const auto& parameters = sequence.parameters;
  if (sequence.final == 'v') return copy_rectangle(parameters);
  const auto area = rectangle(parameters, sequence.final == 'x' ? 1 : 0);
  if (!area) return;
  switch (sequence.final) {
    case 'x': {  // DECFRA
      const auto character = parameters.at(0, ' ');
      const bool printable = (character >= 0x20 && character <= 0x7E) || (character >= 0xA0 && character <= 0xFF);
      if (printable) fill_rectangle(*area, {pen_.bits | character, pen_.style, pen_.link});
      break;
    }
    case 'z': fill_rectangle(*area, blank()); break;  // DECERA
    default:                                          // DECSERA; what SPA guards is not meant, as in xterm
      for (int row = area->top; row < area->bottom; ++row) erase(row, area->left, area->right, !guarded());
  }
}

void Terminal::fill_rectangle(const Rectangle& area, Cell cell) {
  Grid& grid = this->grid();
  for (int row = area.top; row < area.bottom; ++row) {
    grid.split_wide(row, area.left);
    grid.split_wide(row, area.right);
    if (area.right == columns()) end_line(row);
    grid.fill(row, area.left, area.right, cell);
  }
}

// DECCRA. There is one page, so page numbers say nothing.
void Terminal::copy_rectangle(const Parameters& parameters) {
  const auto source = rectangle(parameters, 0);
  Parameters corner;
  corner.count = 2;
  for (std::size_t i = 0; i < 2; ++i)
    if (5 + i < parameters.count) corner.values[i] = parameters.values[5 + i];
  const auto target = rectangle(corner, 0);
  if (!source || !target) return;
  const int height = std::min(source->bottom - source->top, target->bottom - target->top);
  const int width = std::min(source->right - source->left, target->right - target->left);
  Grid& grid = this->grid();
  std::vector<Cell> copy;
  copy.reserve(static_cast<std::size_t>(height) * static_cast<std::size_t>(width));
  for (int row = source->top; row < source->top + height; ++row) {
    const Cell* const cells = grid.cells(row) + source->left;
    copy.insert(copy.end(), cells, cells + width);
    // Halves of wide characters are not copied.
    Cell& first = copy[copy.size() - static_cast<std::size_t>(width)];
    if (first.tail()) first = {0, first.style, 0};
    if (copy.back().wide()) copy.back() = {0, copy.back().style, 0};
    copy.back().bits &= ~Cell::kWrapSpacer;
  }
  auto from = copy.cbegin();
  for (int row = target->top; row < target->top + height; ++row, from += width) {
    grid.split_wide(row, target->left);
    grid.split_wide(row, target->left + width);
    if (target->left + width == columns()) end_line(row);
    std::copy_n(from, width, grid.cells(row) + target->left);
    grid.touch(row, target->left + width);
  }
}

}  // namespace ptyd::screen
