// Everything that was started in the session and still runs.
#pragma once

#include <cstddef>

namespace ptyd::host {

inline constexpr std::size_t kMaxProcesses = 4096;

// Fills `pids` (of at most `most`) with the descendants of this process, parents before their children, and
// returns how many there are. It is a look at something that moves: whoever means to end them all looks again
// until there are none.
// Platforms: Linux and FreeBSD find orphans too. Elsewhere they are lost to init, and with them the
// processes they start.
std::size_t list_descendants(int* pids, std::size_t most);

}  // namespace ptyd::host
