// A screen in another size.
#pragma once

#include "daemon/screen/cluster.hpp"
#include "daemon/screen/grid.hpp"
#include "daemon/screen/scrollback.hpp"

namespace ptyd::screen {

struct GridPosition {
  int row = 0;
  int column = 0;  // columns(): behind the last cell, a wrap is pending
};

// Lays the primary screen out in `rows` by `columns`. With another width, lines that wrap are joined and wrapped anew;
// rows that no longer fit go to `scrollback`, and lines of it come back when there is room: blank rows below the cursor
// and the last text go first, then rows at the top. `positions` (the cursor first, then what else shall stay with
// its text) are moved along and kept inside. Costs what the screen costs, however long the scrollback is.
void reflow(Grid& grid, int rows, int columns, Scrollback& scrollback, ClusterTable& clusters,
            std::span<GridPosition> positions);

// The same for the alternate screen: cuts at the right and below, fills with blanks. When it gets lower, rows above
// the cursor go first where there are none to spare below it.
void crop(Grid& grid, int rows, int columns, std::span<GridPosition> positions);

}  // namespace ptyd::screen
