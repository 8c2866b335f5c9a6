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

// Counts as a recording while it is there: until its session has it.
class BeginningRecording {
 public:
  explicit BeginningRecording(DaemonState& state) : state_(state) { ++state_.beginning_recordings; }
  ~BeginningRecording() { --state_.beginning_recordings; }
  BeginningRecording(const BeginningRecording&) = delete;
  BeginningRecording& operator=(const BeginningRecording&) = delete;

  Result<void> allowed() const;

 private:
  DaemonState& state_;
};

}  // namespace ptyd
