// Reaches a host by the path that its start was given.
#pragma once

#include <string>

#include "common/error.hpp"
#include "common/unique_handle.hpp"

namespace ptyd {

// A connection to the host of `socket_path`, which runs as our user. Never waits.
// Errors: not_found: there is none; unavailable, with os_error when nobody listens: it is a leftover or just starting,
// without when it is busy; permission_denied.
Result<UniqueHandle> connect_host(const std::string& socket_path);

}  // namespace ptyd
