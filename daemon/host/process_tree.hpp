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

// The same where this process is not their ancestor: `leader`, what bears its session's number, and the descendants of
// all these. Who left the session and whose parent has ended is not found. Linux only; none elsewhere.
std::size_t list_terminal_session(int leader, int* pids, std::size_t most);

}  // namespace ptyd::host
