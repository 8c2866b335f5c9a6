// Blocks of zeroes that cost no memory where nothing was written.
#pragma once

#include <cstddef>

namespace ptyd::screen {

// Whole pages of the system's: malloc() would hand out memory that was used before, and write zeroes to all of it.
// Aligned for everything. Throws std::bad_alloc.
void* map_zeroes(std::size_t bytes);
// With the size that it was asked for.
void unmap_zeroes(void* memory, std::size_t bytes) noexcept;

}  // namespace ptyd::screen
