// Whatever a program prints, however it is cut and whenever the window changes: the screen stays whole, and pieces
// make no difference. The first two bytes are a size; 0xFE and two more bytes are another one.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "daemon/screen/terminal.hpp"

namespace {

using ptyd::screen::Cell;
using ptyd::screen::Cursor;
using ptyd::screen::Grid;
using ptyd::screen::Style;
using ptyd::screen::Terminal;

constexpr char kResize = '\xFE';
constexpr int kMaxRows = 12;
constexpr int kMaxColumns = 40;

void expect(bool condition) {
  if (!condition) std::abort();
}

int size_from(char byte, int most) { return static_cast<unsigned char>(byte) % most + 1; }

ptyd::screen::TerminalOptions options_from(std::string_view size) {
  ptyd::screen::TerminalOptions options;
  options.rows = size_from(size[0], kMaxRows);
  options.columns = size_from(size[1], kMaxColumns);
  options.scrollback = {100, 64 * 1024};
  return options;
}

void check_cell(const Terminal& terminal, const Cell& cell, bool last_column) {
  expect(cell.style == 0 || terminal.styles()[cell.style] != Style());
  expect(cell.link == 0 || !terminal.links()[cell.link].uri.empty());
  if (cell.cluster()) {
    expect(terminal.clusters()[cell.character()].size() >= 2);
  } else {
    expect(cell.character() <= 0x10FFFF);
  }
  expect(!cell.wrap_spacer() || (last_column && cell.empty()));
  expect(!cell.tail() || cell.character() == 0);
}

void check_grid(const Terminal& terminal, const Grid& grid) {
  for (int row = 0; row < grid.rows(); ++row) {
    const auto cells = grid.cells(row);
    const auto& info = grid.info(row);
    expect(info.used <= cells.size());
    expect(info.generation <= terminal.generation());
    for (std::size_t column = 0; column < cells.size(); ++column) {
      const bool last = column + 1 == cells.size();
      check_cell(terminal, cells[column], last);
      expect(column < info.used || cells[column].blank());
      expect(!cells[column].wide() || (!last && cells[column + 1].tail()));
      expect(!cells[column].tail() || (column > 0 && cells[column - 1].wide()));
    }
  }
}

void check_cursor(const Terminal& terminal, const Cursor& cursor) {
  expect(cursor.row >= 0 && cursor.row < terminal.rows());
  expect(cursor.column >= 0 && cursor.column < terminal.columns());
}

void check(const Terminal& terminal) {
  const auto& state = terminal.state();
  check_grid(terminal, terminal.primary());
  check_grid(terminal, terminal.alternate());
  expect(terminal.alternate().rows() == terminal.rows() && terminal.alternate().columns() == terminal.columns());
  check_cursor(terminal, state.cursor);
  for (const auto& saved : state.saved)
    if (saved) check_cursor(terminal, saved->cursor);
  const auto& margins = state.margins;
  expect(margins.top >= 0 && margins.top <= margins.bottom && margins.bottom < terminal.rows());
  expect(margins.left >= 0 && margins.left <= margins.right && margins.right < terminal.columns());
  expect(state.tabs.size() == static_cast<std::size_t>(terminal.columns()));
  expect(terminal.styles()[state.pen.style_id] == state.pen.style);
  expect(terminal.scrollback().size() <= terminal.scrollback().limits().lines);
}

// Between 1 and 8 bytes at a time.
void feed_in_pieces(Terminal& terminal, std::string_view bytes, std::uint32_t& random) {
  while (!bytes.empty()) {
    random = random * 1664525 + 1013904223;
    const auto size = std::min<std::size_t>(bytes.size(), (random >> 24) % 8 + 1);
    terminal.feed(bytes.substr(0, size));
    bytes.remove_prefix(size);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  if (input.size() < 2) return 0;
  Terminal whole(options_from(input));
  Terminal pieces(options_from(input));
  input.remove_prefix(2);
  auto random = static_cast<std::uint32_t>(size);
  while (true) {
    const auto bytes = input.substr(0, input.find(kResize));
    whole.feed(bytes);
    feed_in_pieces(pieces, bytes, random);
    check(whole);
    input.remove_prefix(bytes.size());
    if (input.size() < 3) break;
    for (auto* terminal : {&whole, &pieces})
      terminal->resize(size_from(input[1], kMaxRows), size_from(input[2], kMaxColumns));
    check(whole);
    input.remove_prefix(3);
  }
  expect(whole.hash() == pieces.hash());
  expect(whole.scrollback().size() == pieces.scrollback().size());
  expect(whole.parser().pending() == pieces.parser().pending());
  return 0;
}
