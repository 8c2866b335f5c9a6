// Starts the session's program on its tty.
#pragma once

#include "daemon/host/spec.hpp"
#include "daemon/host/wire.hpp"

namespace ptyd::host {

// Forks and waits until the program was exec'ed or could not be. On failure `child_pid` is 0 and the
// child is reaped; step and error say where it failed.
SpawnResult start_child(const Spec& spec, int tty);

}  // namespace ptyd::host
