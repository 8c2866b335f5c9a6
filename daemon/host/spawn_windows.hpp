// Starts the session's program in its pseudoconsole and in a job of its own. Windows only.
#pragma once

#include "daemon/host/console_windows.hpp"
#include "daemon/host/spec.hpp"

namespace ptyd::host {

struct Child {
  Descriptor process;
  Descriptor job;  // ends all that is in it with its last handle
  DWORD pid = 0;
};

// On failure nothing runs; step and error say where it failed.
SpawnResult start_child(const Spec& spec, ConsoleHandle console, Child& child) noexcept;

}  // namespace ptyd::host
