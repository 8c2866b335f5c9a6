// Starting, adopting and forgetting sessions.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <memory>
#include <optional>

#include "daemon/server/daemon_state.hpp"

namespace ptyd {

struct Created {
  std::shared_ptr<Session> session;
  bool existed = false;
};

// Starts the program of `record` in a new session. An empty name is chosen; an ended session that has the
// name is forgotten first. Asked twice with one id, there is one session.
// Errors: already_exists, invalid_argument, resource_exhausted, spawn_failed, deadline_exceeded.
boost::asio::awaitable<Result<Created>> create_session(DaemonState& state, SessionRecord record, WindowSize size,
                                                       std::chrono::steady_clock::time_point deadline);

// The session with this id, once nobody is starting it or taking it over. Nothing: there is none.
boost::asio::awaitable<std::shared_ptr<Session>> settled_session(DaemonState& state, SessionId id);

// Takes over every host in the hosts folder that answers, and removes leftover sockets. Completes when all are
// done, or after `limit`: hosts that are slow to answer join later.
boost::asio::awaitable<void> adopt_sessions(DaemonState& state, std::chrono::milliseconds limit);

// Takes over the host of session `id` as soon as it answers: for one that was too slow for its request.
void adopt_later(DaemonState& state, const SessionId& id);

// The session's stable SSH_AUTH_SOCK link.
std::string agent_link_of(const DaemonState& state, const SessionId& id);

// Path of the socket of the session's host.
std::string host_socket(const DaemonState& state, const SessionId& id);

// Connects to the host of session `id` and takes it over; not in the table yet.
// Errors: as HostLink::connect(); malformed when the host belongs to another session.
boost::asio::awaitable<Result<std::shared_ptr<Session>>> connect_session(DaemonState& state, SessionId id);

// Ends a running session when `force` says so; nothing to do for one that has ended. `told_until` as in KillSpec.
// Errors: failed_precondition when it runs and may not be ended.
boost::asio::awaitable<Result<void>> end_first(DaemonState& state, std::shared_ptr<Session> session, bool force,
                                                std::optional<std::chrono::steady_clock::time_point>* told_until);

// Ends the attachments of an ended session, lets its host go and forgets it.
boost::asio::awaitable<Result<void>> remove_session(DaemonState& state, std::shared_ptr<Session> session);

// Points the session's stable SSH_AUTH_SOCK link at `target`.
void point_agent_link(DaemonState& state, const Session& session, const std::string& target);

}  // namespace ptyd
