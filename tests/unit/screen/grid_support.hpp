// Rows of cells from text and back, for tests of what holds cells.
#pragma once

#include <algorithm>
#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/screen/cell.hpp"
#include "daemon/screen/grid.hpp"
#include "daemon/screen/utf8.hpp"

namespace ptyd::screen::testing {

// "." is a cell that was never written, a character from U+3000 on is wide.
inline std::vector<Cell> to_cells(std::string_view text, std::uint16_t style = 0) {
  std::vector<Cell> cells;
  while (!text.empty()) {
    const char32_t character = take_utf8(text);
    if (character < 0x3000) {
      cells.push_back({character == '.' ? 0 : static_cast<std::uint32_t>(character), style, 0});
    } else {
      cells.push_back({static_cast<std::uint32_t>(character) | Cell::kWide, style, 0});
      cells.push_back({Cell::kTail, style, 0});
    }
  }
  return cells;
}

// The way back. A wrap spacer is "_", a half of a wide character that has lost the other one "!".
inline std::string to_text(std::span<const Cell> cells) {
  std::string text;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const Cell& cell = cells[i];
    const bool whole = i + 1 < cells.size() && cells[i + 1].tail();
    if (cell.tail() || (cell.wide() && !whole)) {
      text += '!';
    } else if (cell.wrap_spacer()) {
      text += '_';
    } else if (cell.character() == 0) {
      text += '.';
    } else {
      append_utf8(text, cell.character());
    }
    if (cell.wide() && whole) ++i;
  }
  return text;
}

inline void put(Grid& grid, int row, std::string_view text, bool wrapped = false, std::uint16_t style = 0) {
  const auto cells = to_cells(text, style);
  std::ranges::copy(cells, grid.cells(row));
  grid.touch(row, static_cast<int>(cells.size()));
  grid.info(row).wrapped = wrapped;
}

// A row with all its cells.
inline std::string row_text(const Grid& grid, int row) { return to_text(grid.cells(row)); }

// Rows from top to bottom without blank ends, with "\\" behind those that wrap.
inline std::vector<std::string> rows_of(const Grid& grid) {
  std::vector<std::string> rows;
  for (int row = 0; row < grid.rows(); ++row) {
    rows.push_back(to_text(grid.used_cells(row)) + (grid.info(row).wrapped ? "\\" : ""));
  }
  return rows;
}

// What a grid promises to whoever only looks at it: cells from `used` on are blank, no wide character is halved.
inline bool is_sound(const Grid& grid) {
  for (int row = 0; row < grid.rows(); ++row) {
    const auto cells = grid.cells(row);
    for (std::size_t i = grid.info(row).used; i < cells.size(); ++i) {
      if (!cells[i].blank()) return false;
    }
    if (to_text(cells).find('!') != std::string::npos) return false;
  }
  return true;
}

inline std::string random_bytes(std::mt19937& random, std::size_t size) {
  std::string bytes(size, '\0');
  for (auto& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

}  // namespace ptyd::screen::testing
