// The system below the daemon in the simulation: its clock, its screen thread, its sockets.
#pragma once

#include <cstdint>

namespace ptyd::simulation {

// Both clocks of the process, in ns; nothing else moves them.
std::uint64_t virtual_ns() noexcept;
void pass_time(std::uint64_t ns) noexcept;
// Back to the beginning, and the daemon's chance begins with `seed`.
void begin_time(std::uint64_t seed) noexcept;

// What was given to the screen thread. False: there was nothing that could run now.
bool run_screen_job();
void drop_screen_jobs();

// What a connection to a host is handed over by: it is left out of what comes next.
void keep_connected(int handle);
// The daemon is killed: nothing that it does from here on is seen by anybody.
void cut_daemon_off();

}  // namespace ptyd::simulation
