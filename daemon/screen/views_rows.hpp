// Rows and runs: what all views are made of.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/screen/views.hpp"

namespace ptyd::screen {

// Returns false to stop. May take from the row what it wants.
using RowVisitor = std::function<bool(ViewRow&)>;

// The rows of view_rows(), but the newest first, so that a view can stop when it has enough. False: it was stopped.
bool visit_rows(const Terminal& terminal, std::size_t scrollback_rows, std::uint64_t since, const RowVisitor& visitor);

// Takes the row and puts a logical line's cells behind it: those of one more row, without the cell that a wide
// character left free.
void append_cells(ViewRow& line, const ViewRow& row);
// Of a grid's row; trailing blank() cells are cut.
void read_grid_row(const Terminal& terminal, const Grid& grid, int row, ViewRow& out);

// Cells [begin, end) that look alike. A wide character is in a run of wide ones, a cluster in a run of its own.
struct ViewRun {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::uint16_t style = 0;
  std::uint16_t link = 0;
  bool wide = false;
  std::uint32_t columns() const noexcept { return end - begin; }
};
// The run that begins at `begin`, which is inside the row and not the right half of a wide character.
ViewRun run_at(const ViewRow& row, std::uint32_t begin);
std::vector<ViewRun> runs_of(const ViewRow& row);
// The same; and the cell at `column` is a run of its own. The row is made long enough to have it.
std::vector<ViewRun> runs_around(ViewRow& row, std::uint32_t column);

// Appends a cell's text: never a control character, a blank for an empty cell, nothing for the right half of a wide
// one.
void append_cell(const ViewRow& row, const Cell& cell, std::string& out);
std::string run_text(const ViewRow& row, const ViewRun& run);
// Appends text from outside as UTF-8 without control characters.
void append_clean(std::string_view text, std::string& out);
// The same, as text or attribute of a page.
void append_markup(std::string_view text, std::string& out);

// Collects what was made of rows, the newest first, within a limit.
class RowPieces {
 public:
  // `used`: bytes that the view needs besides its rows.
  RowPieces(ViewLimit* limit, std::size_t used) : limit_(limit), size_(used) {}
  // False: it does not fit; the limit knows.
  bool add(std::string_view piece);
  // All of them, the oldest first.
  std::string take() const;

 private:
  ViewLimit* limit_;
  std::size_t size_;
  std::string bytes_;
  std::vector<std::size_t> ends_;
};

}  // namespace ptyd::screen
