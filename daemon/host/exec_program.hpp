// execve() with the look-up that people expect, in a forked child.
#pragma once

#include "daemon/host/spec.hpp"

namespace ptyd::host {

// Looks `spec.file` up in the PATH of the new environment unless it has a slash, and executes it; a script
// without "#!" is given to /bin/sh. Returns only on failure, with the errno: EACCES when something was found
// but may not be executed, ENOENT when nothing was found. No allocation.
int exec_program(const Spec& spec);

}  // namespace ptyd::host
