// The screen for people and pages.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "daemon/screen/terminal.hpp"

namespace ptyd::screen {

// A bound for a view: rows that do not fit are left out, the oldest first.
struct ViewLimit {
  std::size_t bytes = SIZE_MAX;
  bool truncated = false;  // set when rows were left out
};

// One row as it is laid out, from scrollback or the screen.
struct ViewRow {
  std::int64_t index = 0;                // 0 is the screen's first row; scrollback is below 0
  std::uint64_t generation = 0;          // 0 for scrollback
  std::vector<Cell> cells;               // without trailing blank() cells
  std::vector<std::u32string> clusters;  // a cell with cluster() has an index into it
  bool wrapped = false;
  Mark mark = Mark::none;
};

// The newest `scrollback_rows` rows of scrollback at the terminal's width, then the active screen's. With the
// alternate screen shown there is no scrollback. `since`: only screen rows that have changed after that generation.
std::vector<ViewRow> view_rows(const Terminal& terminal, std::size_t scrollback_rows = 0, std::uint64_t since = 0);

// Text, a line each row ("\n"), without trailing blanks and without control characters. `join`: wrapped rows are one
// line.
std::string text_view(const Terminal& terminal, std::size_t scrollback_rows = 0, bool join = false,
                      ViewLimit* limit = nullptr);
// The same with looks, for a terminal: only text, SGR, OSC 8 and newlines. Each row stands for itself.
std::string ansi_view(const Terminal& terminal, std::size_t scrollback_rows = 0, ViewLimit* limit = nullptr);
// A page of its own, colours of `terminal`'s palette resolved; links are followed only when they are http, https or
// mailto.
std::string html_view(const Terminal& terminal, std::size_t scrollback_rows = 0, ViewLimit* limit = nullptr);
// A picture of its own: fixed cell size, no script, no external reference.
std::string svg_view(const Terminal& terminal, std::size_t scrollback_rows = 0, ViewLimit* limit = nullptr);
// 0xRRGGBB of a palette index, xterm's defaults where the program has changed nothing.
std::uint32_t palette_color(const Palette& palette, std::uint8_t index) noexcept;

}  // namespace ptyd::screen
