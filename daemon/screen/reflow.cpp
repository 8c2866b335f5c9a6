#include "daemon/screen/reflow.hpp"

#include <algorithm>
#include <utility>

#include "daemon/screen/reflow_lines.hpp"

namespace ptyd::screen {
namespace {

// Which of `count` rows of a layout stay on a screen of `rows`: [top, top + kept), below `room` rows that come back
// from scrollback if there are as many.
struct Window {
  int top = 0;
  int kept = 0;
  int room = 0;
};

// `least_top`: rows above it were in scrollback before. `full`: the screen had no row to spare, so that what it shows
// grows out of scrollback; otherwise what it shows stays where it is.
Window choose_window(int count, int cursor, int least_top, bool full, int rows) {
  Window window;
  window.top = std::min(std::max(count - rows, full ? 0 : least_top), cursor);
  window.kept = std::min(count - window.top, rows);
  if (full && window.top == 0) window.room = rows - window.kept;
  return window;
}

Grid empty_grid(const Grid& like, int rows, int columns) {
  Grid grid(rows, columns);
  grid.set_generation(like.generation());
  for (int row = 0; row < grid.rows(); ++row) grid.touch(row, 0);
  return grid;
}

void place_row(Grid& grid, int row, std::span<const Cell> cells, bool wrapped, Mark mark) {
  Cell* out = grid.cells(row);
  std::ranges::copy(cells, out);
  auto end = static_cast<int>(cells.size());
  // One that a line ends with, whose next row is gone, is a blank like others now.
  for (int column = 0; column < end; ++column) out[column].bits &= ~Cell::kWrapSpacer;
  // The only column has no place for a right half.
  if (end > 0 && out[end - 1].wide()) out[end - 1].bits &= ~Cell::kWide;
  if (wrapped && end == grid.columns() - 1) out[end++] = {Cell::kWrapSpacer, 0, 0};
  grid.touch(row, end);
  grid.info(row).wrapped = wrapped;
  grid.info(row).mark = mark;
}

// Fills rows [0, count) of the grid from the last one upwards with the newest rows of scrollback; returns for how many
// there were any.
int pull_rows(Grid& grid, int count, Scrollback& scrollback, ClusterTable& clusters) {
  Line line;
  std::vector<LineRow> rows;
  int row = count;
  while (row > 0 && scrollback.pop(line)) {
    intern_clusters(line, clusters);
    const std::span<const Cell> cells = line.cells;
    wrap_line(cells, grid.columns(), rows);
    std::size_t left = rows.size();
    while (left > 0 && row > 0) {
      --left;
      --row;
      const auto part = cells.subspan(rows[left].begin, rows[left].end - rows[left].begin);
      // It goes on below only when it fills its row, or all but the place of a wide character.
      const bool goes_on = (line.open || line.cut) && part.size() + 1 >= static_cast<std::size_t>(grid.columns());
      place_row(grid, row, part, left + 1 < rows.size() || goes_on, left == 0 ? line.mark : Mark::none);
    }
    if (left > 0) scrollback.push(cells.first(rows[left].begin), true, line.mark, clusters);
  }
  return count - row;
}

// The rows that hold text or the cursor, from the first one on.
int used_rows(const Grid& grid, std::span<const GridPosition> positions) {
  int used = grid.rows();
  const int cursor = positions.empty() ? 0 : positions.front().row;
  while (used > cursor + 1 && used > 1 && grid.used_cells(used - 1).empty()) --used;
  return used;
}

void keep_inside(GridPosition& position, const Grid& grid) {
  position.row = std::clamp(position.row, 0, grid.rows() - 1);
  position.column = std::clamp(position.column, 0, grid.columns());
}

// Pulls rows into the room above what is kept, or moves that up when there are fewer. Returns how many came.
int fill_room(Grid& grid, int room, Scrollback& scrollback, ClusterTable& clusters) {
  const int pulled = pull_rows(grid, room, scrollback, clusters);
  grid.scroll(0, grid.rows() - 1, room - pulled, {});
  return pulled;
}

// At the same width no row changes; they only come and go.
void change_height(Grid& grid, int rows, Scrollback& scrollback, ClusterTable& clusters,
                   std::span<GridPosition> positions) {
  const int used = used_rows(grid, positions);
  const int cursor = positions.empty() ? used - 1 : std::clamp(positions.front().row, 0, used - 1);
  const Window window = choose_window(used, cursor, 0, used == grid.rows(), rows);
  for (int row = 0; row < window.top; ++row) {
    const auto& info = grid.info(row);
    const auto cells = info.wrapped ? std::as_const(grid).cells(row) : grid.used_cells(row);
    scrollback.push(cells, info.wrapped, info.mark, clusters);
  }
  Grid next = empty_grid(grid, rows, grid.columns());
  for (int row = 0; row < window.kept; ++row) {
    const auto cells = grid.used_cells(window.top + row);
    const int to = window.room + row;
    std::ranges::copy(cells, next.cells(to));
    next.touch(to, static_cast<int>(cells.size()));
    next.info(to).mark = grid.info(window.top + row).mark;
    next.info(to).wrapped = grid.info(window.top + row).wrapped && row + 1 < window.kept;
  }
  const int moved = fill_room(next, window.room, scrollback, clusters) - window.top;
  for (auto& position : positions) {
    position.row += moved;
    keep_inside(position, next);
  }
  grid = std::move(next);
}

void change_width(Grid& grid, int rows, int columns, Scrollback& scrollback, ClusterTable& clusters,
                  std::span<GridPosition> positions) {
  const int used = used_rows(grid, positions);
  ScreenLines lines(grid, used, scrollback, clusters, positions);
  lines.lay_out(static_cast<std::size_t>(rows), columns);
  const int count = static_cast<int>(lines.rows().size());
  const int cursor = positions.empty() ? count - 1 : std::clamp(lines.place(0).row, 0, count - 1);
  const Window window =
      choose_window(count, cursor, static_cast<int>(lines.first_screen_row()), used == grid.rows(), rows);
  lines.push_above(static_cast<std::size_t>(window.top), scrollback, clusters);
  Grid next = empty_grid(grid, rows, columns);
  for (int row = 0; row < window.kept; ++row) {
    const auto& laid = lines.rows()[static_cast<std::size_t>(window.top + row)];
    place_row(next, window.room + row, lines.cells(laid), laid.wrapped && row + 1 < window.kept, laid.mark);
  }
  const int moved = fill_room(next, window.room, scrollback, clusters) - window.top;
  for (std::size_t i = 0; i < positions.size(); ++i) {
    positions[i] = lines.place(i);
    positions[i].row += moved;
    keep_inside(positions[i], next);
  }
  grid = std::move(next);
}

}  // namespace

void reflow(Grid& grid, int rows, int columns, Scrollback& scrollback, ClusterTable& clusters,
            std::span<GridPosition> positions) {
  rows = std::clamp(rows, 1, Grid::kMaxRows);
  columns = std::clamp(columns, 1, Grid::kMaxColumns);
  for (auto& position : positions) keep_inside(position, grid);
  if (columns != grid.columns()) {
    change_width(grid, rows, columns, scrollback, clusters, positions);
  } else if (rows != grid.rows()) {
    change_height(grid, rows, scrollback, clusters, positions);
  }
}

void crop(Grid& grid, int rows, int columns, std::span<GridPosition> positions) {
  rows = std::clamp(rows, 1, Grid::kMaxRows);
  columns = std::clamp(columns, 1, Grid::kMaxColumns);
  for (auto& position : positions) keep_inside(position, grid);
  const bool same_width = columns == grid.columns();
  const int cursor = positions.empty() ? grid.rows() - 1 : positions.front().row;
  const int top = std::max(0, std::min(cursor + 1, grid.rows()) - rows);
  Grid next = empty_grid(grid, rows, columns);
  const int kept = std::min(rows, grid.rows() - top);
  for (int row = 0; row < kept; ++row) {
    if (columns < grid.columns()) grid.split_wide(top + row, columns);
    auto cells = grid.used_cells(top + row);
    if (cells.size() > static_cast<std::size_t>(columns)) cells = cells.first(static_cast<std::size_t>(columns));
    std::ranges::copy(cells, next.cells(row));
    next.touch(row, static_cast<int>(cells.size()));
    next.info(row).mark = grid.info(top + row).mark;
    next.info(row).wrapped = same_width && grid.info(top + row).wrapped && row + 1 < kept;
    const int last = grid.columns() - 1;
    if (!same_width && last < columns) next.cells(row)[last].bits &= ~Cell::kWrapSpacer;
  }
  for (auto& position : positions) {
    position.row -= top;
    if (!same_width && position.column >= columns) position.column = columns - 1;
    keep_inside(position, next);
  }
  grid = std::move(next);
}

}  // namespace ptyd::screen
