// The rows of a snapshot as one stream.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/screen/cell.hpp"
#include "daemon/screen/cluster.hpp"
#include "daemon/screen/grid.hpp"
#include "daemon/screen/serializer_pen.hpp"
#include "daemon/screen/width.hpp"

namespace ptyd::screen {

// One row as it shall be on the terminal that reads the snapshot. Cells that are missing on the right are blank.
struct OutputRow {
  std::span<const Cell> cells;
  bool wrapped = false;
  Mark mark = Mark::none;
  // Where the clusters of the cells are: by id in a table, or by index in a list.
  const ClusterTable* table = nullptr;
  const std::vector<std::u32string>* list = nullptr;

  Cell at(int column) const noexcept;
  std::u32string_view cluster(const Cell& cell) const noexcept;
};

// Writes rows from the top of a blank screen downwards, to a terminal with its default modes. A row that wraps fills
// its columns and lets the first character of the next one wrap, so that the terminal joins them; others end with CR
// LF. Rows beyond the last one of the screen scroll it.
class RowWriter {
 public:
  struct Options {
    int rows = 0;
    int columns = 0;
    // Also what is not seen: that a row wraps though its last cell is empty. Otherwise care is taken of terminals that
    // have other widths of characters.
    bool exact = false;
    bool marks = false;
  };
  RowWriter(std::string& out, PenWriter& pen, const Options& options)
      : out_(out),
        pen_(pen),
        rows_(options.rows),
        columns_(options.columns),
        exact_(options.exact),
        marks_(options.marks) {}

  // `next`: the first cell of the row that follows. Blank rows at the end are not written before flush().
  void row(const OutputRow& row, Cell next);
  void flush();
  // Writes the character that has the cell at `column` again, where the cursor is: at its first column.
  void reprint(const OutputRow& row, int column);
  // Puts back the modes that were changed for the rows.
  void finish() { set_cluster_mode(false); }

 private:
  // How a row ends, that is how the cursor comes to the next one.
  enum class End : std::uint8_t {
    newline,
    wrap,    // the next character wraps
    spacer,  // so does a wide one, which leaves the last cell free
    filler,  // the last cell is empty: half of a wide blank, which the cell before it then overwrites
    dummy,   // it was left free by a wide character that is there no more: by a wide blank, which is erased
  };
  End end_of(const OutputRow& row, Cell next) const noexcept;
  void begin(const OutputRow& row);
  void wrap_into(const OutputRow& row);
  bool ends_with_half(const OutputRow& row) const noexcept;
  void put_filler(const OutputRow& row);
  void overwrite_filler();
  void put_dummy(const OutputRow& row);
  void write_cells(const OutputRow& row, int end);
  int print_ascii(const OutputRow& row, int column, int end);
  int print_doubtful(const OutputRow& row, int column);
  int write_blanks(const OutputRow& row, int begin, int end);
  int write_half(int column, std::uint16_t style);
  void print(const OutputRow& row, const Cell& cell);
  void print_cluster(const Cell& cell, std::u32string_view text);
  void set_cluster_mode(bool on);
  void go_to(int column);
  void clean();
  void write_mark(Mark mark);

  std::string& out_;
  PenWriter& pen_;
  int rows_;
  int columns_;
  bool exact_;
  bool marks_;
  bool started_ = false;
  End end_ = End::newline;  // of the row above
  bool continues_ = false;  // the row above wraps into this one
  int newlines_ = 0;        // still to be written
  int row_ = 0;             // of the cursor
  int column_ = 0;          // of the cursor; columns_: behind the last one, a wrap is pending
  bool dirty_ = false;      // at the cursor is half of a wide blank
  // The character that overwrites the filler.
  Cell over_;
  std::vector<std::u32string> over_cluster_;
  int over_column_ = 0;
  bool cluster_mode_ = false;
  ClusterBreaker breaker_;  // for what was printed in that mode
};

}  // namespace ptyd::screen
