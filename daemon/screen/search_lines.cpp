#include "daemon/screen/search_lines.hpp"

#include <algorithm>
#include <utility>

namespace ptyd::screen {

SearchLines::SearchLines(const Terminal& terminal) : terminal_(terminal) {
  const auto& grid = terminal.active();
  const auto& scrollback = terminal.scrollback();
  joined_ = !terminal.state().alternate && scrollback.size() > 0 && scrollback.open();
  screen_first_ = scrollback.end_id() - (joined_ ? 1 : 0);
  // As in scrollback, a line has an end.
  const int most = std::max(1, static_cast<int>(Scrollback::kMaxLineCells) / grid.columns());
  for (int row = 0; row < grid.rows(); ++row) {
    if (row > 0 && grid.info(row - 1).wrapped && row - screen_.back().first < most)
      screen_.back().last = row;
    else
      screen_.push_back({row, row});
  }
}

void SearchLines::read_cells(std::uint64_t id) {
  cells_.cells.clear();
  cells_.clusters.clear();
  const bool on_screen = id >= screen_first_;
  if (!on_screen || (joined_ && id == screen_first_)) {
    line_.clear();
    if (terminal_.scrollback().read(id, line_)) {
      cells_.cells = std::move(line_.cells);
      cells_.clusters = std::move(line_.clusters);
    }
  }
  if (!on_screen) return;
  const auto& grid = terminal_.active();
  const auto& rows = screen_[static_cast<std::size_t>(id - screen_first_)];
  for (int row = rows.first; row <= rows.last; ++row) {
    read_grid_row(terminal_, grid, row, row_);
    append_cells(cells_, row_);
  }
}

void SearchLines::read(std::uint64_t id, LineText& out) {
  read_cells(id);
  out.text.clear();
  out.columns.clear();
  for (std::size_t column = 0; column < cells_.cells.size(); ++column) {
    append_cell(cells_, cells_.cells[column], out.text);
    out.columns.resize(out.text.size(), static_cast<std::uint32_t>(column));
  }
  out.columns.push_back(static_cast<std::uint32_t>(cells_.cells.size()));
}

void SearchLines::read_text(std::uint64_t id, std::string& out) {
  if (id < screen_first_) {
    out.clear();
    if (terminal_.scrollback().read_text(id, out)) return;
  }
  LineText line;
  read(id, line);
  out = std::move(line.text);
}

std::uint64_t SearchLines::generation(std::uint64_t id) const noexcept {
  const auto& grid = terminal_.active();
  const auto& rows = screen_[static_cast<std::size_t>(id - screen_first_)];
  std::uint64_t newest = 0;
  for (int row = rows.first; row <= rows.last; ++row) newest = std::max(newest, grid.info(row).generation);
  return newest;
}

}  // namespace ptyd::screen
