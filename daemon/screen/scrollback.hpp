// The lines that have left the top of the primary screen, packed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/screen/cell.hpp"
#include "daemon/screen/cluster.hpp"
#include "daemon/screen/grid.hpp"

namespace ptyd::screen {

// One logical line, unpacked: cells in a row of any length, without trailing blank() cells unless it goes on. Clusters
// are in `clusters` of its own: a cell with cluster() has an index into it.
struct Line {
  std::uint64_t id = 0;  // counts the logical lines that have ever left the screen
  std::vector<Cell> cells;
  std::vector<std::u32string> clusters;
  bool open = false;  // goes on in the screen's first row
  bool cut = false;   // goes on in the line with the next id: it was too long for one
  Mark mark = Mark::none;
  void clear() noexcept { *this = Line(); }
};

struct ScrollbackLimits {
  std::size_t lines = 10'000;           // logical lines
  std::size_t bytes = 4 * 1024 * 1024;  // packed
};

// Logical lines, so that a change of width costs nothing here: rows are made when they are read. Text is kept as UTF-8,
// looks as runs; the oldest lines go when a limit is reached. Style and link ids inside must be marked by mark_used()
// before a table is swept.
class Scrollback {
 public:
  static constexpr std::size_t kMaxLineCells = 16 * 1024;  // a longer line is cut

  static constexpr std::size_t kMaxPlainCells = 4096;

  explicit Scrollback(ScrollbackLimits limits = {});
  ~Scrollback();
  Scrollback(Scrollback&&) noexcept;
  Scrollback& operator=(Scrollback&&) noexcept;

  void set_limits(ScrollbackLimits limits);
  const ScrollbackLimits& limits() const noexcept { return limits_; }

  // Appends a row that leaves the screen, or several of one line: cells without the blank rest (all columns when
  // `wrapped`). It continues the last line when that is open, unless a prompt begins here. `wrapped`: the line goes on
  // in the next row.
  void push(std::span<const Cell> cells, bool wrapped, Mark mark, const ClusterTable& clusters);
  // The same for a whole line of at most kMaxPlainCells printable ASCII characters in the default style, when the
  // newest line is not open.
  void push_plain(std::string_view text);
  // The same for a line of `cells` cells that is packed, but for its lengths (scrollback_packing.hpp).
  void push_packed(std::string_view text, std::string_view runs, std::size_t cells, bool ascii);
  // Takes the newest line out again, for a screen that grows or is laid out anew. False: there is none.
  bool pop(Line& line);
  void clear();

  // Lines by id, [first_id(), end_id()). The newest may be open.
  std::uint64_t first_id() const noexcept;
  std::uint64_t end_id() const noexcept;
  std::size_t size() const noexcept { return static_cast<std::size_t>(end_id() - first_id()); }
  bool open() const noexcept;  // of the newest line
  // The newest line does not go on in what is the screen's first row now.
  void close() noexcept;
  // Unpacks a line; false when it is not there (any more).
  bool read(std::uint64_t id, Line& line) const;
  // Its text only, as UTF-8; cells that were never written are blanks. `columns`, if given, gets the column of each
  // byte's character.
  bool read_text(std::uint64_t id, std::string& text, std::vector<std::uint32_t>* columns = nullptr) const;

  // All lines as bytes, for a daemon of the same version that keeps the style and link ids, too. load() takes them off
  // the front of `in`, dropping what is beyond the limits; false when they are none, and then there are no lines.
  // Whatever the bytes, it holds no more than a small multiple of them.
  void save(std::string& out) const;
  bool load(std::string_view& in);

  // Sets used[id] for every style and link id that a line refers to.
  void mark_used(std::vector<bool>& styles, std::vector<bool>& links) const;
  // Drops the oldest half, when a table is full though all was marked.
  void drop_half();
  std::size_t bytes() const noexcept;  // of memory that is held, packed lines and their index

 private:
  void drop_beyond_limits();
  void push_long(std::span<const Cell> cells, bool wrapped, Mark mark, const ClusterTable& clusters);

  struct Impl;
  ScrollbackLimits limits_;
  std::unique_ptr<Impl> impl_;
};

// Rows of `columns` cells that a line is laid out in: [begin, end) of its cells each. A wide character is not cut: it
// goes to the next row and leaves its cell free; with a single column its right half is left out. Cells behind the text
// that only have a style fill the last row and make no further ones. At least one row, which may be empty.
struct LineRow {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};
void wrap_line(std::span<const Cell> cells, int columns, std::vector<LineRow>& rows);

}  // namespace ptyd::screen
