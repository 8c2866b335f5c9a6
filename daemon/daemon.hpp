// The daemon process: puts the parts together, starts and stops them in order.
#pragma once

#include "daemon/options.hpp"

namespace ptyd {

// Runs until it is told to stop. Returns the exit status: 0, or 1 after printing what went wrong.
int run_daemon(const DaemonOptions& options);

}  // namespace ptyd
