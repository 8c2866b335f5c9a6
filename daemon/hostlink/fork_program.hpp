// Forks and executes a program as nobody's child. Private to this folder, and for POSIX only.
#pragma once

#include <string>
#include <vector>

#include "common/error.hpp"
#include "daemon/hostlink/start_process.hpp"

namespace ptyd {

// The same file above all numbers that a new program gets, so that putting others in place does not overwrite it.
UniqueHandle out_of_the_way(int fd);

// Starts `program` with `argument` (none: a null pointer) and these descriptors beside the standard ones, which are on
// the null device. What fails after fork() comes as a host::SpawnResult of step none at host::kResultFd, if there is
// one.
Result<void> fork_program(const std::string& program, const char* argument, const std::vector<PlacedHandle>& handles);

}  // namespace ptyd
