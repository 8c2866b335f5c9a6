// What a new host is told, and what it tells back. Private to this folder.
#pragma once

#include <string>

#include "common/error.hpp"
#include "daemon/hostlink/spawn_host.hpp"

namespace ptyd {

// The content of host::kSpecFd. Errors: invalid_argument when a string holds NUL or all are too long.
Result<std::string> encode_spec(const SpawnRequest& request);

// What a failed start means for the user.
Error spawn_error(const SpawnRequest& request, const host::SpawnResult& result);

// The host program itself could not be started.
Error host_start_error(const SpawnRequest& request, int error_number);

}  // namespace ptyd
