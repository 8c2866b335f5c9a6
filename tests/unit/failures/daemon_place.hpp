// Where a daemon of a test's own is.
#pragma once

#include <string>

namespace ptyd {

struct DaemonPlace {
  std::string socket;
  std::string program;  // ptyd
  std::string child;    // what runs in sessions
};

// In `folder`, which is empty: the daemon's files, as far as the system lets them be there. Changes the environment of
// this process, which the daemon inherits.
DaemonPlace daemon_place(const std::string& folder);

}  // namespace ptyd
