#include "daemon/server/global_limits.hpp"

#include <string>

#include "daemon/session/session.hpp"

namespace ptyd {

namespace {

Error too_much(std::string message, const char* hint) {
  Error error{errc::resource_exhausted, std::move(message)};
  error.hint = hint;
  return error;
}

}  // namespace

std::uint64_t history_taken(const DaemonState& state) { return state.starting_history + state.sessions.history(); }

Result<void> check_history(const DaemonState& state) {
  if (history_taken(state) <= state.settings.max_history_bytes) return {};
  auto bytes = state.starting_history;
  state.sessions.each([&bytes](const Session& session) { bytes += session.running() ? session.ring().capacity() : 0; });
  if (bytes <= state.settings.max_history_bytes) return {};
  return too_much("the running sessions would keep " + std::to_string(bytes) + " bytes of history, more than the " +
                      std::to_string(state.settings.max_history_bytes) + " that they may",
                  "ask for less of it, end some sessions, or raise session.max_history in the configuration");
}

Result<void> check_attachments(const DaemonState& state) {
  if (state.attachments < state.settings.max_attachments) return {};
  return too_much("there are " + std::to_string(state.attachments) + " attachments already",
                  "detach some, or raise daemon.max_attachments in the configuration");
}

Result<void> check_recordings(const DaemonState& state) {
  std::size_t active = 0;
  state.sessions.each([&active](const Session& session) { active += session.records() ? 1 : 0; });
  if (active + state.beginning_recordings <= state.settings.max_recordings) return {};
  return too_much(std::to_string(active) + " sessions are being recorded already",
                  "stop some recordings, or raise daemon.max_recordings in the configuration");
}

}  // namespace ptyd
