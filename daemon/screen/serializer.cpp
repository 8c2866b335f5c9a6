#include "daemon/screen/serializer.hpp"

#include <algorithm>
#include <optional>

#include "daemon/screen/checkpoint.hpp"
#include "daemon/screen/line_wrap.hpp"
#include "daemon/screen/reflow.hpp"
#include "daemon/screen/serializer_modes.hpp"
#include "daemon/screen/serializer_pen.hpp"
#include "daemon/screen/serializer_rows.hpp"

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
    // Printing where the cursor is would make another character the last.
    if (!prints_pending(terminal_.active(), state_.cursor, state_.margins) && !ends_with_last_printed()) {
      write_last_printed();
    }
    append_margins(out_, state_, terminal_.rows(), terminal_.columns());
    append_modes(out_, state_, fresh_);
    write_cursor();
    append_print_modes(out_, state_);
    write_pen();
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
  void write_position(const Cursor& cursor, const Margins& margins);
  void print_at(const Grid& grid, Cursor cursor, const Margins& margins);
  bool prints_pending(const Grid& grid, const Cursor& cursor, const Margins& margins) const;
  bool is_last_printed(const Cell& cell) const;
  int column_before() const;
  bool ends_with_last_printed() const;
  void write_last_printed();
  std::optional<GridPosition> find_blank(int width) const;
  void write_cursor();
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
  const Margins margins{0, grid.rows() - 1, 0, grid.columns() - 1};
  if (prints_pending(grid, saved.cursor, margins)) {
    print_at(grid, saved.cursor, margins);
  } else {
    write_position(saved.cursor, margins);
  }
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

// Puts the cursor there, within margins that positions are relative to.
void Snapshot::write_position(const Cursor& cursor, const Margins& margins) {
  append_position(out_, cursor.row - margins.top, cursor.column - margins.left);
}

// Prints the character in that cell again, and so leaves the cursor behind it.
void Snapshot::print_at(const Grid& grid, Cursor cursor, const Margins& margins) {
  const auto row = row_of(grid, cursor.row);
  const int column = cursor.column;
  if (row.at(column).tail()) --cursor.column;
  write_position(cursor, margins);
  auto writer = row_writer();
  writer.reprint(row, column);
  writer.finish();
}

// A wrap that is pending is made so by printing what is in the cell: when there is anything, and text ends there.
bool Snapshot::prints_pending(const Grid& grid, const Cursor& cursor, const Margins& margins) const {
  const int end = cursor.column <= margins.right ? margins.right : grid.columns() - 1;
  return cursor.pending_wrap && cursor.column == end && !row_of(grid, cursor.row).at(cursor.column).empty();
}

bool Snapshot::is_last_printed(const Cell& cell) const {
  const auto& last = state_.last_printed;
  if (cell.cluster()) return terminal_.clusters()[cell.character()] == last;
  return last.size() == 1 && cell.character() == last[0];
}

// The character left of the cursor, where it was printed, as it is mostly.
int Snapshot::column_before() const {
  const auto& cursor = state_.cursor;
  const auto cells = terminal_.active().cells(cursor.row);
  int column = cursor.column - 1;
  if (column > 0 && cells[static_cast<std::size_t>(column)].tail()) --column;
  return column;
}

// The cursor is brought to its place by printing the character before it, which is the last that was printed.
bool Snapshot::ends_with_last_printed() const {
  if (state_.last_printed.empty() || state_.cursor.pending_wrap) return false;
  const int column = column_before();
  if (column < 0) return false;
  const auto& cell = terminal_.active().cells(state_.cursor.row)[static_cast<std::size_t>(column)];
  const auto& margins = state_.margins;
  const bool goes_there = column + (cell.wide() ? 2 : 1) == state_.cursor.column;
  const bool inside = state_.cursor.column <= margins.right || column > margins.right;
  const bool reachable = !state_.on(Mode::origin) || column >= margins.left;
  return goes_there && inside && reachable && is_last_printed(cell);
}

// REP repeats the last character that was printed: it is printed again where it is anyway, or where nothing is, and
// erased there.
void Snapshot::write_last_printed() {
  if (state_.last_printed.empty()) return;
  const auto& grid = terminal_.active();
  auto writer = row_writer();
  for (int row = 0; row < grid.rows(); ++row) {
    const auto cells = grid.used_cells(row);
    const auto found = std::ranges::find_if(cells, [this](const Cell& cell) { return is_last_printed(cell); });
    if (found == cells.end()) continue;
    const auto column = static_cast<int>(found - cells.begin());
    append_position(out_, row, column);
    writer.reprint(row_of(grid, row), column);
    writer.finish();
    return pen_.none();
  }
  const std::vector<std::u32string> list{state_.last_printed};
  const int width = RowWriter::cluster_width(list[0]);
  const Cell cell{Cell::kCluster | (width == 2 ? Cell::kWide : 0), 0, 0};
  const auto blank = find_blank(width);
  if (!blank) return;
  append_position(out_, blank->row, blank->column);
  writer.reprint({.cells = {&cell, 1}, .wrapped = false, .mark = Mark::none, .table = nullptr, .list = &list}, 0);
  writer.finish();
  append_position(out_, blank->row, blank->column);
  pen_.style(grid.cells(blank->row)[static_cast<std::size_t>(blank->column)].style);
  out_ += width == 2 ? "\x1b[2X" : "\x1b[X";
  pen_.none();
}

// `width` cells that erasing leaves as they are; not those that tell where a row goes on.
std::optional<GridPosition> Snapshot::find_blank(int width) const {
  const auto& grid = terminal_.active();
  for (int row = 0; row < grid.rows(); ++row) {
    const auto cells = grid.cells(row);
    const int end = grid.columns() - width + (grid.info(row).wrapped ? 0 : 1);
    for (int column = 0; column < end; ++column) {
      const auto& first = cells[static_cast<std::size_t>(column)];
      const auto& last = cells[static_cast<std::size_t>(column + width - 1)];
      const bool erased = first.bits == 0 && first.link == 0 && pen_.is_background(first.style);
      if (erased && first == last) return GridPosition{row, column};
    }
  }
  return std::nullopt;
}

void Snapshot::write_cursor() {
  const auto& grid = terminal_.active();
  const bool origin = state_.on(Mode::origin);
  const Margins margins = origin ? state_.margins : Margins{};
  if (origin) out_ += "\x1b[?6h";
  if (prints_pending(grid, state_.cursor, state_.margins)) {
    print_at(grid, state_.cursor, margins);
  } else if (ends_with_last_printed()) {
    print_at(grid, {state_.cursor.row, column_before(), false}, margins);
  } else {
    write_position(state_.cursor, margins);
  }
}

void Snapshot::write_pen() {
  pen_.protect(state_.pen.is_protected);
  pen_.style(state_.pen.style);
  pen_.link(state_.pen.link);
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
