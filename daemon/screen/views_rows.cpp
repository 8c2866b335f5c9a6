#include "daemon/screen/views_rows.hpp"

#include <algorithm>

#include "daemon/screen/utf8.hpp"

namespace ptyd::screen {

namespace {

constexpr char32_t kReplacement = 0xfffd;

// What may stand in a text or a page: no control, nothing that XML forbids.
char32_t shown(char32_t character) noexcept {
  const bool control = character < 0x20 || (character >= 0x7f && character <= 0x9f);
  const bool surrogate = character >= 0xd800 && character <= 0xdfff;
  const bool noncharacter = character == 0xfffe || character == 0xffff || character > 0x10ffff;
  return control || surrogate || noncharacter ? kReplacement : character;
}

void copy_cell(const Cell& cell, std::u32string_view cluster, ViewRow& row) {
  Cell copy = cell;
  if (cell.cluster()) {
    copy.bits = (cell.bits & ~Cell::kCharacter) | static_cast<std::uint32_t>(row.clusters.size());
    row.clusters.emplace_back(cluster);
  }
  row.cells.push_back(copy);
}

void cut_blanks(std::vector<Cell>& cells) {
  const auto last = std::find_if(cells.rbegin(), cells.rend(), [](const Cell& cell) { return !cell.blank(); });
  cells.erase(last.base(), cells.end());
}

bool visit_grid(const Terminal& terminal, std::uint64_t since, const RowVisitor& visitor) {
  const auto& grid = terminal.active();
  for (int row = grid.rows() - 1; row >= 0; --row) {
    if (since != 0 && grid.info(row).generation <= since) continue;
    ViewRow out;
    read_grid_row(terminal, grid, row, out);
    if (!visitor(out)) return false;
  }
  return true;
}

// The rows that a line of scrollback is laid out in, the last one first.
struct LineReader {
  const Terminal& terminal;
  const RowVisitor& visitor;
  std::int64_t index = -1;  // of the next row
  std::size_t left = 0;     // rows wanted
  Line line{};
  std::vector<LineRow> rows{};

  bool visit(std::uint64_t id) {
    line.clear();
    if (!terminal.scrollback().read(id, line)) return true;
    rows.clear();
    wrap_line(line.cells, terminal.columns(), rows);
    for (std::size_t i = rows.size(); i-- > 0 && left > 0; --left) {
      ViewRow out;
      out.index = index--;
      out.wrapped = i + 1 < rows.size() || line.open || line.cut;
      if (i == 0) out.mark = line.mark;
      for (auto at = rows[i].begin; at < rows[i].end; ++at) {
        const auto& cell = line.cells[at];
        copy_cell(cell, cell.cluster() ? std::u32string_view(line.clusters[cell.character()]) : std::u32string_view(),
                  out);
      }
      cut_blanks(out.cells);
      if (!visitor(out)) return false;
    }
    return true;
  }
};

bool is_wide(const ViewRow& row, std::size_t at) {
  return row.cells[at].wide() && at + 1 < row.cells.size() && row.cells[at + 1].tail();
}

}  // namespace

void read_grid_row(const Terminal& terminal, const Grid& grid, int row, ViewRow& out) {
  const auto& info = grid.info(row);
  out.index = row;
  out.generation = info.generation;
  out.wrapped = info.wrapped;
  out.mark = info.mark;
  const auto cells = grid.cells(row);
  auto used = std::min<std::size_t>(info.used, cells.size());
  while (used > 0 && cells[used - 1].blank()) --used;
  out.cells.clear();
  out.cells.reserve(used);
  out.clusters.clear();
  for (const auto& cell : cells.first(used))
    copy_cell(cell, cell.cluster() ? terminal.clusters()[cell.character()] : std::u32string_view(), out);
}

bool visit_rows(const Terminal& terminal, std::size_t scrollback_rows, std::uint64_t since, const RowVisitor& visitor) {
  if (!visit_grid(terminal, since, visitor)) return false;
  if (terminal.state().alternate) return true;
  LineReader reader{terminal, visitor};
  reader.left = scrollback_rows;
  const auto& scrollback = terminal.scrollback();
  for (auto id = scrollback.end_id(); id > scrollback.first_id() && reader.left > 0; --id)
    if (!reader.visit(id - 1)) return false;
  return true;
}

std::vector<ViewRow> view_rows(const Terminal& terminal, std::size_t scrollback_rows, std::uint64_t since) {
  std::vector<ViewRow> rows;
  visit_rows(terminal, scrollback_rows, since, [&rows](ViewRow& row) {
    rows.push_back(std::move(row));
    return true;
  });
  std::reverse(rows.begin(), rows.end());
  return rows;
}

void append_cells(ViewRow& line, const ViewRow& row) {
  for (const auto& cell : row.cells) {
    if (cell.wrap_spacer()) continue;
    copy_cell(cell, cell.cluster() ? std::u32string_view(row.clusters[cell.character()]) : std::u32string_view(), line);
  }
}

ViewRun run_at(const ViewRow& row, std::uint32_t begin) {
  const auto& first = row.cells[begin];
  ViewRun run{begin, begin, first.style, first.link, is_wide(row, begin)};
  const std::uint32_t step = run.wide ? 2 : 1;
  run.end = begin + step;
  if (first.cluster()) return run;
  while (run.end < row.cells.size()) {
    const auto& cell = row.cells[run.end];
    if (cell.style != run.style || cell.link != run.link || cell.cluster() || is_wide(row, run.end) != run.wide) break;
    run.end += step;
  }
  return run;
}

std::vector<ViewRun> runs_of(const ViewRow& row) {
  std::vector<ViewRun> runs;
  for (std::uint32_t at = 0; at < row.cells.size(); at = runs.back().end) runs.push_back(run_at(row, at));
  return runs;
}

std::vector<ViewRun> runs_around(ViewRow& row, std::uint32_t column) {
  if (row.cells.size() <= column) row.cells.resize(column + 1);
  if (column > 0 && is_wide(row, column - 1)) --column;
  std::vector<ViewRun> runs;
  for (const auto& run : runs_of(row)) {
    if (column < run.begin || column >= run.end) {
      runs.push_back(run);
      continue;
    }
    const auto end = column + (run.wide ? 2 : 1);
    for (const auto& [from, to] : {std::pair(run.begin, column), std::pair(column, end), std::pair(end, run.end)})
      if (from < to) runs.push_back({from, to, run.style, run.link, run.wide});
  }
  return runs;
}

void append_cell(const ViewRow& row, const Cell& cell, std::string& out) {
  if (cell.tail()) return;
  if (!cell.cluster()) {
    append_utf8(out, cell.empty() ? U' ' : shown(cell.character()));
    return;
  }
  const auto& text = row.clusters[cell.character()];
  if (text.empty()) append_utf8(out, kReplacement);
  for (const char32_t character : text) append_utf8(out, shown(character));
}

std::string run_text(const ViewRow& row, const ViewRun& run) {
  std::string out;
  for (auto at = run.begin; at < run.end; at += run.wide ? 2 : 1) {
    // A right half without its left one shows nothing.
    if (row.cells[at].tail())
      out += ' ';
    else
      append_cell(row, row.cells[at], out);
  }
  return out;
}

void append_clean(std::string_view text, std::string& out) {
  while (!text.empty()) append_utf8(out, shown(take_utf8(text)));
}

void append_markup(std::string_view text, std::string& out) {
  std::string clean;
  append_clean(text, clean);
  for (const char c : clean) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
}

bool RowPieces::add(std::string_view piece) {
  if (limit_ != nullptr && piece.size() > limit_->bytes - std::min(limit_->bytes, size_)) {
    limit_->truncated = true;
    return false;
  }
  size_ += piece.size();
  bytes_ += piece;
  ends_.push_back(bytes_.size());
  return true;
}

std::string RowPieces::take() const {
  std::string out;
  out.reserve(bytes_.size());
  for (std::size_t i = ends_.size(); i-- > 0;) {
    const auto begin = i == 0 ? 0 : ends_[i - 1];
    out.append(bytes_, begin, ends_[i] - begin);
  }
  return out;
}

}  // namespace ptyd::screen
