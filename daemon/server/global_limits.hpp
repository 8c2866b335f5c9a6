// What all clients together may take. Errors of all: resource_exhausted; the hint names the setting.
#pragma once

#include <cstdint>

#include "common/error.hpp"
#include "daemon/server/daemon_state.hpp"

namespace ptyd {

// Bytes of history of all sessions, and of those being started.
std::uint64_t history_taken(const DaemonState& state);

// Once all that have ended are forgotten. Sessions being started count.
Result<void> check_history(const DaemonState& state);
// For one more.
Result<void> check_attachments(const DaemonState& state);
// For those that there are. Recordings that are beginning count.
Result<void> check_recordings(const DaemonState& state);

}  // namespace ptyd
