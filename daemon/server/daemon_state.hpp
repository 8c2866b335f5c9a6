// What request handlers work on. Filled by the daemon, which outlives every connection.
#pragma once

#include <array>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/async_event.hpp"
#include "common/runtime_paths.hpp"
#include "common/task_group.hpp"
#include "daemon/core/size_policy.hpp"
#include "daemon/server/awaited_host.hpp"
#include "daemon/server/event_log.hpp"
#include "daemon/server/session_claim.hpp"
#include "daemon/session/event_bus.hpp"
#include "daemon/session/screen_thread.hpp"
#include "daemon/session/session_table.hpp"

namespace ptyd {

class Connection;
struct OpenRequest;

inline constexpr std::uint64_t kMinHistory = host::kMinRing;
inline constexpr std::uint64_t kMaxHistory = host::kMaxRing;
inline constexpr std::uint64_t kMaxAllHistory = std::uint64_t{1} << 44;
inline constexpr std::uint64_t kMaxScrollback = std::uint64_t{256} * 1024 * 1024;

struct ServerSettings {
  std::uint64_t history_bytes = 4 * 1024 * 1024;
  std::uint64_t replay_bytes = 256 * 1024;
  SizePolicy policy = SizePolicy::latest;
  std::string term = "xterm-256color";
  std::string shell;  // empty: the user's login shell
  std::size_t max_sessions = 256;
  std::size_t max_connections = 256;
  std::size_t max_unauthenticated = 128;
  std::size_t max_attachments = 4096;  // of all connections
  std::size_t max_recordings = 256;
  std::uint64_t max_history_bytes = std::uint64_t{4} * 1024 * 1024 * 1024;  // of all sessions
  std::chrono::milliseconds kill_grace{5000};
  std::chrono::milliseconds keep_exited{std::chrono::hours(24)};
  std::string host_program;
  bool screen = true;  // keep the sessions' screens; new sessions and new daemons only
  std::size_t scrollback_lines = 10'000;
  std::uint64_t scrollback_bytes = 4 * 1024 * 1024;
  std::uint64_t nofile_soft = 0;  // for programs: the limit the daemon was started with
};

// What waits for screens take of their limits (wait_request.hpp).
struct WaitUse {
  std::size_t waits = 0;
  std::size_t patterns = 0;
  std::size_t terminals = 0;

  void add(const WaitUse& more) noexcept {
    waits += more.waits;
    patterns += more.patterns;
    terminals += more.terminals;
  }
  void remove(const WaitUse& less) noexcept {
    waits -= less.waits;
    patterns -= less.patterns;
    terminals -= less.terminals;
  }
};

struct DaemonState {
  explicit DaemonState(boost::asio::any_io_executor ex) : executor(ex), event_log(events) {}

  boost::asio::any_io_executor executor;
  RuntimePaths paths;
  ServerSettings settings;
  std::array<std::uint8_t, 16> instance{};
  std::uint64_t started_ms = 0;
  std::string log_file;
  std::string config_file;
  std::vector<std::string> warnings;
  EventBus events;
  EventLog event_log;
  // None: no screens are kept.
  std::unique_ptr<ScreenThread> screen_thread;
  SessionTable sessions;
  std::map<std::uint64_t, std::weak_ptr<Connection>> connections;  // by number
  std::size_t clients = 0;                                         // connections that have said hello
  std::uint64_t last_create_us = 0;
  std::size_t looks = 0;  // replies about screens that are being made
  WaitUse waits;
  // Ids of sessions being started: the same id twice waits for the first.
  SessionClaims starting;
  SessionClaims adopting;              // being taken over: nothing that is in an upgrade's way
  AwaitedHosts awaited;
  std::uint64_t starting_history = 0;  // bytes that those being started will keep
  std::size_t attachments = 0;         // of all connections
  std::size_t beginning_recordings = 0;
  // Names promised to sessions being started.
  std::vector<std::string> reserved_names;
  // Work that goes on when the client that asked for it is gone.
  std::unique_ptr<TaskGroup> tasks;
  std::function<void(bool kill_sessions)> stop;
  // Makes another program take the place of this one; comes back when that failed. None: this system can't do it.
  std::function<boost::asio::awaitable<Error>(std::string program, std::shared_ptr<OpenRequest> asked)> upgrade;
  bool upgrading = false;  // requests that begin something are held back
  std::uint64_t upgrades = 0;
  std::map<std::uint64_t, OpenRequest*> requests;  // under way, in the order they came
  std::size_t busy = 0;    // works on sessions that must not be cut off
  std::size_t posted = 0;  // what was queued in the loop and stands nowhere else
  bool stopping = false;
};

}  // namespace ptyd
