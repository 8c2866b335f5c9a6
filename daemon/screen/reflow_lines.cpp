#include "daemon/screen/reflow_lines.hpp"

#include <algorithm>
#include <utility>

#include "daemon/screen/line_wrap.hpp"

namespace ptyd::screen {

void intern_clusters(Line& line, ClusterTable& clusters) {
  if (line.clusters.empty()) return;
  for (auto& cell : line.cells) {
    if (!cell.cluster()) continue;
    cell.bits = (cell.bits & ~Cell::kCharacter) | clusters.intern(line.clusters[cell.character()]);
  }
}

ScreenLines::ScreenLines(const Grid& grid, int used, Scrollback& scrollback, ClusterTable& clusters,
                         std::span<const GridPosition> positions) {
  bool begins_line = true;
  if (grid.info(0).mark == Mark::prompt) scrollback.close();
  if (Line head; scrollback.open() && scrollback.pop(head)) {
    intern_clusters(head, clusters);
    prefix_ = head.cells.size();
    cells_ = std::move(head.cells);
    lines_.push_back({0, prefix_, 0, head.mark});
    begins_line = false;
  }
  std::vector<Place> row_places;
  for (int row = 0; row < used; ++row) {
    const bool wrapped = grid.info(row).wrapped && row + 1 < used && grid.info(row + 1).mark != Mark::prompt;
    const std::size_t row_begin = cells_.size();
    add_row(grid, row, begins_line, wrapped);
    const std::size_t line = lines_.size() - 1;
    row_places.push_back({line, row_begin - lines_[line].begin});
    begins_line = !wrapped;
  }
  for (const auto& position : positions) {
    Place place{lines_.size(), 0, static_cast<std::size_t>(std::max(position.row - used, 0))};
    if (position.row < used) {
      place = row_places[static_cast<std::size_t>(std::max(position.row, 0))];
      place.offset = place.row_begin + static_cast<std::size_t>(std::max(position.column, 0));
      place.pending = position.column >= grid.columns();
    }
    place.column = position.column;
    places_.push_back(place);
  }
}

void ScreenLines::add_row(const Grid& grid, int row, bool begins_line, bool wrapped) {
  if (begins_line) lines_.push_back({cells_.size(), cells_.size(), 0, grid.info(row).mark});
  auto row_cells = wrapped ? grid.cells(row) : grid.used_cells(row);
  if (wrapped && row_cells.back().wrap_spacer()) row_cells = row_cells.first(row_cells.size() - 1);
  cells_.insert(cells_.end(), row_cells.begin(), row_cells.end());
  lines_.back().end = cells_.size();
}

void ScreenLines::wrap(std::size_t line, std::vector<LineRow>& out) const {
  const auto line_cells = std::span(cells_).subspan(lines_[line].begin, lines_[line].end - lines_[line].begin);
  const bool has_cursor = !places_.empty() && places_.front().line == line;
  wrap_cells(line_cells, columns_, has_cursor ? places_.front().row_begin + 1 : 0, out);
  // A cursor behind the text must not stand on it. It gets a row of its own, which is where programs that count columns
  // think it is.
  const auto last = out.back();
  const bool is_full = last.end - last.begin >= static_cast<std::uint32_t>(columns_);
  if (!has_cursor || !is_full || places_.front().offset < last.end + (places_.front().pending ? 1 : 0)) return;
  out.push_back({last.end, last.end});
}

void ScreenLines::lay_out(std::size_t rows, int columns) {
  columns_ = columns;
  rows_.clear();
  std::vector<LineRow> wrapped;
  const std::size_t cursor_line = places_.empty() ? lines_.size() : places_.front().line;
  std::size_t count = 0;
  first_line_ = lines_.size();
  while (first_line_ > 0 && (count < rows || first_line_ > cursor_line)) {
    wrap(--first_line_, wrapped);
    count += wrapped.size();
  }
  rows_.reserve(count);
  for (std::size_t line = first_line_; line < lines_.size(); ++line) {
    auto& logical = lines_[line];
    logical.first_row = rows_.size();
    wrap(line, wrapped);
    for (const auto& row : wrapped) {
      rows_.push_back({logical.begin + row.begin, logical.begin + row.end, true, Mark::none});
    }
    rows_[logical.first_row].mark = logical.mark;
    rows_.back().wrapped = false;
  }
}

std::size_t ScreenLines::first_screen_row() const noexcept {
  if (prefix_ == 0 || first_line_ > 0) return 0;
  const std::size_t end = end_row(0);
  std::size_t row = 0;
  while (row + 1 < end && rows_[row].end <= prefix_) ++row;
  return row;
}

GridPosition ScreenLines::place(std::size_t index) const noexcept {
  const Place& place = places_[index];
  if (place.line == lines_.size()) return {static_cast<int>(rows_.size() + place.offset), place.column};
  if (place.line < first_line_) return {-1, place.column};
  const auto& line = lines_[place.line];
  const std::size_t behind = place.pending && place.offset > 0 ? 1 : 0;
  const std::size_t cell = line.begin + place.offset - behind;
  std::size_t row = end_row(place.line) - 1;
  while (row > line.first_row && rows_[row].begin > cell) --row;
  const auto column = static_cast<int>(std::min<std::size_t>(cell - rows_[row].begin, Grid::kMaxColumns));
  const bool in_row = column < columns_ && cell < rows_[row].end;
  return {static_cast<int>(row), std::min(column + static_cast<int>(behind), in_row ? columns_ : columns_ - 1)};
}

void ScreenLines::push_above(std::size_t top, Scrollback& scrollback, const ClusterTable& clusters) const {
  const std::span<const Cell> all = cells_;
  for (std::size_t at = 0; at < lines_.size(); ++at) {
    const auto& line = lines_[at];
    if (at < first_line_ || end_row(at) <= top) {
      scrollback.push(all.subspan(line.begin, line.end - line.begin), false, line.mark, clusters);
      continue;
    }
    if (line.first_row >= top) return;
    scrollback.push(all.subspan(line.begin, rows_[top].begin - line.begin), true, line.mark, clusters);
    return;
  }
}

}  // namespace ptyd::screen
