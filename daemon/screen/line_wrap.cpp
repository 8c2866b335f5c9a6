#include "daemon/screen/line_wrap.hpp"

#include <algorithm>

namespace ptyd::screen {

std::size_t text_end(std::span<const Cell> cells) noexcept {
  std::size_t end = cells.size();
  while (end > 0 && cells[end - 1].empty()) --end;
  return end;
}

void wrap_cells(std::span<const Cell> cells, int columns, std::size_t least, std::vector<LineRow>& rows) {
  rows.clear();
  const auto width = static_cast<std::size_t>(std::max(columns, 1));
  const std::size_t needed = std::max(text_end(cells), std::min(least, cells.size()));
  std::size_t begin = 0;
  do {
    std::size_t end = std::min(begin + width, cells.size());
    std::size_t next = end;
    if (end < cells.size() && cells[end].tail() && cells[end - 1].wide()) {
      if (end - begin > 1) {
        next = --end;
      } else {
        ++next;
      }
    }
    rows.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)});
    begin = next;
  } while (begin < needed);
}

void wrap_line(std::span<const Cell> cells, int columns, std::vector<LineRow>& rows) {
  wrap_cells(cells, columns, 0, rows);
}

}  // namespace ptyd::screen
