#include "daemon/screen/serializer.hpp"

#include <algorithm>
#include <optional>

#include "daemon/screen/charset.hpp"
#include "daemon/screen/checkpoint.hpp"
#include "daemon/screen/line_wrap.hpp"
#include "daemon/screen/reflow.hpp"
#include "daemon/screen/serializer_modes.hpp"
#include "daemon/screen/serializer_pen.hpp"
#include "daemon/screen/serializer_rows.hpp"
#include "daemon/screen/utf8.hpp"

namespace ptyd::screen {
namespace {

// Where scrollback that is wanted begins: this row of this line.
struct ScrollbackStart {
  std::uint64_t line = 0;
  std::size_t row = 0;
};

class Snapshot {
 public:
  Snapshot(const Terminal& terminal, const SnapshotOptions& options)
      : terminal_(terminal),
        state_(terminal.state()),
        options_(options),
        fresh_(options.profile == SnapshotProfile::fresh),
        pen_(out_, terminal.styles(), terminal.links()) {}

  std::string take() {
    write_beginning();
    write_primary();
    if (fresh_ && !state_.alternate) write_hidden();
    append_kitty(out_, state_.kitty[0]);
    if (state_.alternate) {
      enter_alternate();
      write_alternate();
    } else {
      if (state_.saved[0]) write_saved(0, "\x1b\x37");
    }
    if (!fresh_ || !has_default_tabs(state_.tabs)) append_tabs(out_, state_.tabs);
    append_margins(out_, state_, terminal_.rows(), terminal_.columns());
    append_modes(out_, state_, fresh_);
    write_end();
    out_ += terminal_.parser().pending();
    return std::move(out_);
  }

 private:
  RowWriter row_writer(bool marks = false) {
    return RowWriter(out_, pen_, {terminal_.rows(), terminal_.columns(), fresh_, marks});
  }
  OutputRow row_of(const Grid& grid, int row) const;
  void write_beginning();
  void lay_out(const Line& line, std::vector<LineRow>& rows) const;
  ScrollbackStart scrollback_start() const;
  void write_scrollback(RowWriter& writer);
  void write_grid(const Grid& grid, RowWriter& writer, bool whole);
  void write_primary();
  bool hides_anything() const;
  void write_hidden();
  void enter_alternate();
  void write_alternate();
  void write_saved(std::size_t screen, std::string_view save);
  void place(const Grid& grid, const Cursor& cursor, const Margins& margins, bool origin);
  void print_at(const Grid& grid, const Cursor& cursor, const Margins& origin);
  std::optional<int> last_printed_column() const;
  bool is_last_printed(const Cell& cell) const;
  bool comes_out_the_same(int column) const;
  void write_end();
  void write_pen();

  const Terminal& terminal_;
  const State& state_;
  const SnapshotOptions& options_;
  bool fresh_;
  std::string out_;
  PenWriter pen_;
};

OutputRow Snapshot::row_of(const Grid& grid, int row) const {
  const auto& info = grid.info(row);
  return {.cells = grid.cells(row),
          .wrapped = info.wrapped,
          .mark = info.mark,
          .table = &terminal_.clusters(),
          .list = nullptr};
}

void Snapshot::write_beginning() {
  const TitleEntry titles{state_.title, state_.icon};
  if (fresh_) {
    append_palette(out_, state_.palette);
    append_title_stack(out_, state_.titles);
    append_title(out_, state_.titles.empty() ? TitleEntry() : state_.titles.back(), titles);
    append_saved_modes(out_, state_.saved_modes);
  } else {
    append_reset(out_);
    append_title(out_, {}, titles);
  }
  append_cwd(out_, state_.cwd);
}

// Blanks at the end count when the line goes on behind them.
void Snapshot::lay_out(const Line& line, std::vector<LineRow>& rows) const {
  wrap_cells(line.cells, terminal_.columns(), line.open || line.cut ? line.cells.size() : 0, rows);
}

ScrollbackStart Snapshot::scrollback_start() const {
  const auto& scrollback = terminal_.scrollback();
  auto wanted = options_.scrollback_rows;
  Line line;
  std::vector<LineRow> rows;
  auto id = scrollback.end_id();
  // Each line has at least one row, so that with as many rows as there may be nothing needs to be counted.
  if (wanted / Scrollback::kMaxLineCells >= scrollback.size()) return {scrollback.first_id(), 0};
  while (id > scrollback.first_id()) {
    --id;
    rows.clear();
    if (scrollback.read(id, line)) lay_out(line, rows);
    if (rows.size() >= wanted) return {id, rows.size() - wanted};
    wanted -= rows.size();
  }
  return {id, 0};
}

void Snapshot::write_scrollback(RowWriter& writer) {
  const auto& scrollback = terminal_.scrollback();
  const auto start = scrollback_start();
  const auto first_of = [](const Line& line) { return line.cells.empty() ? Cell() : line.cells.front(); };
  Line line;
  Line next;  // the last row of a line may need to know its first cell
  std::vector<LineRow> rows;
  if (!scrollback.read(start.line, line)) return;
  for (auto id = start.line; id < scrollback.end_id(); ++id) {
    const bool last = id + 1 == scrollback.end_id();
    if (!last) scrollback.read(id + 1, next);
    const Cell below = last ? terminal_.primary().cells(0)[0] : first_of(next);
    rows.clear();
    lay_out(line, rows);
    const std::span<const Cell> cells = line.cells;
    for (std::size_t i = id == start.line ? start.row : 0; i < rows.size(); ++i) {
      const bool ends = i + 1 == rows.size();
      writer.row({.cells = cells.subspan(rows[i].begin, rows[i].end - rows[i].begin),
                  .wrapped = !ends || line.open || line.cut,
                  .mark = i == 0 ? line.mark : Mark::none,
                  .table = nullptr,
                  .list = &line.clusters},
                 ends ? below : cells[rows[i + 1].begin]);
    }
    std::swap(line, next);
  }
}

// `whole`: blank rows at the end count, because something above shall scroll away.
void Snapshot::write_grid(const Grid& grid, RowWriter& writer, bool whole) {
  const int bottom = grid.rows() - 1;
  for (int row = 0; row < bottom; ++row) writer.row(row_of(grid, row), grid.cells(row + 1)[0]);
  auto last = row_of(grid, bottom);
  last.wrapped = false;
  writer.row(last, Cell());
  if (whole) writer.flush();
  writer.finish();
  pen_.none();
}

void Snapshot::write_primary() {
  if (fresh_) append_shell_result(out_, state_.shell);
  auto writer = row_writer(fresh_);
  const bool scrollback = options_.scrollback_rows > 0 && terminal_.scrollback().size() > 0;
  if (scrollback) write_scrollback(writer);
  write_grid(terminal_.primary(), writer, scrollback);
  if (fresh_) append_shell_phase(out_, state_.shell, terminal_.primary());
}

bool Snapshot::hides_anything() const {
  if (state_.saved[1] || state_.kitty[1] != KittyKeyboard()) return true;
  const auto& grid = terminal_.alternate();
  for (int row = 0; options_.hidden_screen && row < grid.rows(); ++row) {
    const auto& info = grid.info(row);
    if (!grid.used_cells(row).empty() || info.wrapped) return true;
  }
  return false;
}

// The soft reset forgets the cursor that was saved on the way; nothing else is set yet.
void Snapshot::write_hidden() {
  if (!hides_anything()) return;
  out_ += "\x1b[?1049h\x1b[H";
  write_alternate();
  out_ += "\x1b[?1049l\x1b[!p";
}

// 1049 saves the cursor, and clears with the pen that it saves.
void Snapshot::enter_alternate() {
  if (state_.saved[0] || !fresh_) {
    write_saved(0, "\x1b[?1049h");
  } else {
    out_ += "\x1b[?47h";
  }
  out_ += "\x1b[H\x1b[2J";
  if (!fresh_) out_ += "\x1b[<17u";
}

void Snapshot::write_alternate() {
  auto writer = row_writer();
  if (state_.alternate || options_.hidden_screen) write_grid(terminal_.alternate(), writer, false);
  append_kitty(out_, state_.kitty[1]);
  if (state_.saved[1]) write_saved(1, "\x1b\x37");
}

// Margins are not set yet, so that any position can be reached in origin mode, too.
void Snapshot::write_saved(std::size_t screen, std::string_view save) {
  const auto saved = state_.saved[screen].value_or(SavedCursor());
  if (saved.origin) out_ += "\x1b[?6h";
  const auto& grid = screen == 0 ? terminal_.primary() : terminal_.alternate();
  place(grid, saved.cursor, {0, grid.rows() - 1, 0, grid.columns() - 1}, false);
  append_charsets(out_, Charsets(), saved.charsets);
  pen_.protect(saved.pen.is_protected);
  pen_.style(saved.pen.style);
  out_ += save;
  // A character without width at the border: nothing but the end of a single shift.
  if (saved.charsets.single_shift != 0) out_ += "\r\u200b";
  append_charsets(out_, saved.charsets, Charsets());
  if (saved.origin) out_ += "\x1b[?6l";
  pen_.none();
}

// Puts the cursor there. A wrap that is pending is made so by printing what is in the cell, where text ends: at the
// margin or the border, or at a margin that is set for as long. `origin`: positions count from the margins.
void Snapshot::place(const Grid& grid, const Cursor& cursor, const Margins& margins, bool origin) {
  const Margins from = origin ? margins : Margins{};
  const int end = cursor.column <= margins.right ? margins.right : grid.columns() - 1;
  const bool has_sides = margins.left != 0 || margins.right != grid.columns() - 1;
  // A blank in a row that goes on is part of how it does.
  const auto row = row_of(grid, cursor.row);
  const bool blocked = (cursor.column != end && has_sides) || (row.wrapped && row.at(cursor.column).empty());
  if (!cursor.pending_wrap || blocked) {
    return append_position(out_, cursor.row - from.top, cursor.column - from.left);
  }
  if (cursor.column == end) return print_at(grid, cursor, from);
  out_ += "\x1b[?69h\x1b[1;";
  append_number(out_, static_cast<std::uint64_t>(cursor.column) + 1);
  out_ += 's';
  print_at(grid, cursor, from);
  out_ += "\x1b[?69l";
  if (state_.on(Mode::left_right_margins)) out_ += "\x1b[?69h";
}

// Prints the character in that cell again, and so leaves the cursor behind it. A blank is erased afterwards by DECERA,
// which leaves the cursor as it is.
void Snapshot::print_at(const Grid& grid, const Cursor& cursor, const Margins& origin) {
  const auto row = row_of(grid, cursor.row);
  const auto cell = row.at(cursor.column);
  const int line = cursor.row - origin.top;
  const int column = cursor.column - origin.left;
  append_position(out_, line, cell.tail() ? column - 1 : column);
  if (!cell.empty()) {
    auto writer = row_writer();
    writer.reprint(row, cursor.column);
    return writer.finish();
  }
  pen_.none();
  pen_.style(cell.style);
  out_ += ' ';
  if (!pen_.is_background(cell.style)) return;
  const auto append_corner = [&](char separator) {
    append_number(out_, static_cast<std::uint64_t>(line) + 1);
    out_ += ';';
    append_number(out_, static_cast<std::uint64_t>(column) + 1);
    out_ += separator;
  };
  out_ += "\x1b[";
  append_corner(';');
  append_corner('$');
  out_ += 'z';
}

// Where the character begins that REP repeats, when printing it there as the last thing changes nothing else.
std::optional<int> Snapshot::last_printed_column() const {
  const auto& cursor = state_.cursor;
  const auto& margins = state_.margins;
  if (state_.last_printed.empty() || state_.on(Mode::insert)) return std::nullopt;
  // A person's terminal may know another width.
  if (!fresh_ && state_.last_printed.size() > 1) return std::nullopt;
  const auto cells = terminal_.active().cells(cursor.row);
  int column = cursor.pending_wrap ? cursor.column : cursor.column - 1;
  if (column > 0 && cells[static_cast<std::size_t>(column)].tail()) --column;
  if (column < (state_.on(Mode::origin) ? margins.left : 0)) return std::nullopt;
  const auto& cell = cells[static_cast<std::size_t>(column)];
  const int end = column <= margins.right ? margins.right + 1 : terminal_.columns();
  const int next = column + (cell.wide() ? 2 : 1);
  if (cursor != Cursor{cursor.row, std::min(next, end - 1), next >= end}) return std::nullopt;
  if (!is_last_printed(cell) || !comes_out_the_same(column)) return std::nullopt;
  return column;
}

// In the look of the pen.
bool Snapshot::is_last_printed(const Cell& cell) const {
  const auto& last = state_.last_printed;
  const auto& pen = state_.pen;
  if (cell.link != pen.link || cell.is_protected() != pen.is_protected) return false;
  if (terminal_.styles()[cell.style] != pen.style) return false;
  if (cell.cluster()) return terminal_.clusters()[cell.character()] == last;
  return last.size() == 1 && cell.character() == last[0];
}

// Neither the character set nor the cluster before makes another character of it.
bool Snapshot::comes_out_the_same(int column) const {
  const auto& charsets = state_.charsets;
  const char32_t first = state_.last_printed[0];
  if (first < 0x7f && translate(charsets.sets[charsets.left], static_cast<unsigned char>(first)) != first) return false;
  if (!state_.on(Mode::grapheme_clusters) || column == 0) return true;
  const auto row = row_of(terminal_.active(), state_.cursor.row);
  auto before = row.at(column - 1);
  if (before.tail() && column > 1) before = row.at(column - 2);
  ClusterBreaker breaker;
  if (before.cluster()) {
    for (const char32_t character : row.cluster(before)) breaker.breaks_before(character);
  } else {
    breaker.breaks_before(before.character());
  }
  return breaker.breaks_before(first);
}

// The cursor, the pen, and what decides how text is printed. The character that REP repeats comes last of all: each
// control function makes a terminal forget it.
void Snapshot::write_end() {
  const bool origin = state_.on(Mode::origin);
  if (origin) out_ += "\x1b[?6h";
  const auto last = last_printed_column();
  const auto& cursor = state_.cursor;
  place(terminal_.active(), last ? Cursor{cursor.row, *last, false} : cursor, state_.margins, origin);
  const auto placed = out_.size();
  append_print_modes(out_, state_);
  write_pen();
  if (last) {
    for (const char32_t character : state_.last_printed) append_utf8(out_, character);
  } else if (cursor.pending_wrap && out_.size() == placed) {
    out_ += '\x0f';  // a shift to the set that is in use
  }
}

void Snapshot::write_pen() {
  pen_.style(state_.pen.style);
  pen_.link(state_.pen.link);
  pen_.protect(state_.pen.is_protected);
  if (state_.on(Mode::guarded_areas)) out_ += state_.pen.is_protected ? "\x1bV" : "\x1bV\x1bW";
  append_charsets(out_, Charsets(), state_.charsets);
}

}  // namespace

std::string serialize(const Terminal& terminal, const SnapshotOptions& options) {
  const int rows = options.rows == 0 ? terminal.rows() : options.rows;
  const int columns = options.columns == 0 ? terminal.columns() : options.columns;
  if (rows == terminal.rows() && columns == terminal.columns()) return Snapshot(terminal, options).take();
  TerminalOptions copy_options;
  copy_options.scrollback = terminal.scrollback().limits();
  auto copy = load_checkpoint(save_checkpoint(terminal), copy_options);
  if (!copy) return Snapshot(terminal, options).take();
  copy->resize(rows, columns, terminal.x_pixels(), terminal.y_pixels());
  return Snapshot(*copy, options).take();
}

}  // namespace ptyd::screen
