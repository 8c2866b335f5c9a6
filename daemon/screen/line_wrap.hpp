// How a logical line is laid out in rows, for the layouts of scrollback and of the screen.
#pragma once

#include <span>
#include <vector>

#include "daemon/screen/scrollback.hpp"

namespace ptyd::screen {

// One past the last cell of `cells` that has text.
std::size_t text_end(std::span<const Cell> cells) noexcept;

// wrap_line(), but the rows have at least the first `least` cells, text or not.
void wrap_cells(std::span<const Cell> cells, int columns, std::size_t least, std::vector<LineRow>& rows);

}  // namespace ptyd::screen
