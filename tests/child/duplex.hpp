// Writing and reading at once, both checked: pty_child duplex.
#pragma once

#include <cstdint>

namespace ptyd {

// Writes a printable byte of the pattern `seed` to the terminal, and from the first byte that comes on all `out` of
// them, while it reads `in` bytes, which are to be those of ~`seed`, printable as well. The terminal is in raw mode.
// Returns 42, 43 when a wrong byte came, 124 when the terminal is gone and 120 for an error of the system.
int run_duplex(std::uint64_t seed, std::uint64_t out, std::uint64_t in);

}  // namespace ptyd
