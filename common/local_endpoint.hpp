// Stream sockets in the file system, named pipes on Windows: listen and connect. Closed on exec and non-blocking; on
// Windows never inherited, and for overlapped use.
#pragma once

#include <string>

#include "common/error.hpp"
#include "common/unique_handle.hpp"

namespace ptyd {

// Binds and listens at `path` with mode 0600 from the start. A leftover socket nobody listens on is
// removed first; the caller holds the lock that makes this safe.
// Windows: `path` is \\.\pipe\NAME; what is returned is the first instance, which becomes the connection to one client:
// pipe_windows.hpp makes more.
// Errors: already_exists when somebody listens; invalid_argument when the path is too long.
Result<UniqueHandle> listen_local(const std::string& path);

// Connects and checks that the listener runs as our user, before a byte is sent.
// Errors: not_found (no socket), unavailable (nobody listens, or its queue is full), permission_denied.
Result<UniqueHandle> connect_local(const std::string& path);

}  // namespace ptyd
