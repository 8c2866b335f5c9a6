// What a child that has ended has used.
#pragma once

#include "daemon/host/wire.hpp"

namespace ptyd::host {

// Of the program, which has ended and is not reaped: told in `header`, where the system can say it by now.
void tell_usage_before_reaping(int pid, RingHeader& header);

// Reaps a child that has ended. `header`: it is the program, and what it has used is told there unless it was before.
// False when there is no such child.
bool reap_child(int pid, RingHeader* header);

}  // namespace ptyd::host
