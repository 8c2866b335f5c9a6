#include "daemon/server/create_session.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <filesystem>

#include "common/cancellation.hpp"
#include "common/clock.hpp"
#include "common/counted.hpp"
#include "common/crash_point.hpp"
#include "common/escape.hpp"
#include "daemon/core/environment.hpp"
#include "daemon/core/session_name.hpp"
#include "daemon/hostlink/spawn_host.hpp"
#include "daemon/server/global_limits.hpp"
#include "daemon/session/session.hpp"
#include "daemon/session/waiting.hpp"

namespace ptyd {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::chrono::seconds kSpawnLimit{30};

// Keeps an id, a name and room for its history from others while a session is being started.
class Reservation {
 public:
  Reservation(DaemonState& state, const SessionRecord& record)
      : state_(state), claim_(state.starting, record.id), name_(record.name), history_(record.history_bytes) {
    state_.starting_history += history_;
    state_.reserved_names.push_back(name_);
  }
  ~Reservation() {
    state_.starting_history -= history_;
    std::erase(state_.reserved_names, name_);
  }
  Reservation(const Reservation&) = delete;
  Reservation& operator=(const Reservation&) = delete;

 private:
  DaemonState& state_;
  ClaimedSession claim_;
  std::string name_;
  std::uint64_t history_;
};

void set_link(const std::string& link, const std::string& target) {
  std::error_code error;
  // A new link moved into place: a program that looks at this moment finds the old one or the new one.
  const auto fresh = link + ".new";
  fs::remove(fresh, error);
  fs::create_symlink(target, fresh, error);
  if (!error) fs::rename(fresh, link, error);
  if (error) spdlog::warn("could not set {}: {}", escape_text(link), error.message());
}

std::vector<std::string> environment_of(const DaemonState& state, const SessionRecord& record) {
  SessionEnv ours;
  ours.socket = state.paths.socket;
  ours.name = record.name;
  ours.id = id_to_hex(record.id);
  ours.term = record.term;
  if (!record.agent_socket.empty()) ours.ssh_auth_sock = agent_link_of(state, record.id);
  for (const auto entry : record.env)
    if (entry.starts_with("PTYD_ANCESTRY=")) ours.ancestry = entry.substr(entry.find('=') + 1);
  return session_environment(record.env, ours);
}

SpawnRequest spawn_request(const DaemonState& state, const SessionRecord& record, WindowSize size) {
  SpawnRequest request;
  request.host_program = state.settings.host_program;
  request.socket_path = host_socket(state, record.id);
  request.id = record.id;
  request.cwd = record.cwd;
  request.file = record.file;
  request.argv = record.argv;
  request.env = environment_of(state, record);
  request.size = {size.cols, size.rows, size.x_pixels, size.y_pixels};
  request.ring_capacity = record.history_bytes;
  request.nofile_soft = state.settings.nofile_soft;
  request.record = encode_record(record);
  return request;
}

// Looks whether there is room for a session of this name once ended ones give way.
Result<void> check_room(const DaemonState& state, const std::string& name) {
  if (const auto holder = state.sessions.find_name(name); holder && holder->running()) {
    Error error{errc::already_exists, "a session named " + name + " is running already"};
    error.hint = "attach to it with ptyctl attach " + name + ", or choose another name";
    error.subject = name;
    return error;
  }
  const auto room = state.settings.max_sessions - std::min(state.settings.max_sessions, state.starting.size());
  if (state.sessions.size() <= room) return check_history(state);
  std::size_t running = 0;
  state.sessions.each([&running](const Session& session) { running += session.running() ? 1 : 0; });
  if (running <= room) return check_history(state);
  Error error{errc::resource_exhausted, std::to_string(running) + " sessions are running already"};
  error.hint = "end some, or raise session.max_sessions in the configuration";
  return error;
}

// Nothing when all run.
std::shared_ptr<Session> oldest_ended(const DaemonState& state) {
  std::shared_ptr<Session> oldest;
  for (const auto& session : state.sessions.all())
    if (!session->running() && (!oldest || session->record().created_ms < oldest->record().created_ms))
      oldest = session;
  return oldest;
}

// Forgets the ended session that has the name, and the oldest ended ones when there are too many or they keep too much.
asio::awaitable<void> make_room(DaemonState& state, std::string name) {
  auto ended = state.sessions.find_name(name);
  if (!ended && state.sessions.size() >= state.settings.max_sessions) ended = oldest_ended(state);
  for (;;) {
    if (!ended && history_taken(state) > state.settings.max_history_bytes) ended = oldest_ended(state);
    if (!ended) co_return;
    const auto removed = co_await remove_session(state, ended);
    if (!removed) {
      spdlog::warn("session={} could not be forgotten: {}", ended->name(), escape_text(removed.error().message));
      co_return;
    }
    ended.reset();
  }
}

std::shared_ptr<SessionClaim> claim_of(const DaemonState& state, const SessionId& id) {
  for (const auto* claims : {&state.starting, &state.adopting})
    if (const auto found = claims->find(id); found != claims->end()) return found->second;
  return nullptr;
}

bool name_taken(const DaemonState& state, std::string_view name) {
  return state.sessions.find_name(name) != nullptr ||
         std::find(state.reserved_names.begin(), state.reserved_names.end(), name) != state.reserved_names.end();
}

}  // namespace

std::string agent_link_of(const DaemonState& state, const SessionId& id) {
  return state.paths.agents_dir + "/" + id_to_hex(id);
}

std::string host_socket(const DaemonState& state, const SessionId& id) {
  return state.paths.hosts_dir + "/" + id_to_hex(id);
}

asio::awaitable<std::shared_ptr<Session>> settled_session(DaemonState& state, SessionId id) {
  for (auto claim = claim_of(state, id); claim; claim = claim_of(state, id)) {
    AsyncEvent over(state.executor);
    const Waiting waiting(claim->waiters, over);
    co_await over.wait();
  }
  co_return state.sessions.find_id(id);
}

asio::awaitable<Result<Created>> create_session(DaemonState& state, SessionRecord record, WindowSize size,
                                                Clock::time_point deadline) {
  Created created;
  created.session = co_await settled_session(state, record.id);
  if (created.session) {
    created.existed = true;
    co_return created;
  }
  // From the start of the program on, what was begun is ended: it has deadlines of its own.
  co_await hold_off_cancellation();
  const auto began = Clock::now();
  if (record.name.empty())
    record.name = choose_name(record.file, [&state](std::string_view name) { return name_taken(state, name); });
  if (std::find(state.reserved_names.begin(), state.reserved_names.end(), record.name) != state.reserved_names.end())
    co_return Error{errc::already_exists, "a session named " + record.name + " is being started"};
  const Reservation reservation(state, record);
  if (const auto room = check_room(state, record.name); !room) co_return room.error();

  if (!record.agent_socket.empty()) set_link(agent_link_of(state, record.id), record.agent_socket);
  PTYD_CRASH_POINT("create_before_spawn");
  auto request = spawn_request(state, record, size);
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
  const auto limit = std::clamp<std::chrono::milliseconds>(left, std::chrono::milliseconds(1), kSpawnLimit);
  const auto spawned = co_await spawn_host(state.executor, std::move(request), limit);
  PTYD_CRASH_POINT("create_after_spawn");
  // A host with this id may live already, from a request that a daemon before us did not live to answer.
  const bool exists = !spawned && spawned.error().code == errc::already_exists;
  if (!spawned && !exists) {
    std::error_code ignored;
    fs::remove(agent_link_of(state, record.id), ignored);
    if (spawned.error().code == errc::deadline_exceeded) adopt_later(state, record.id);
    co_return spawned.error();
  }
  co_await make_room(state, record.name);
  const auto connected = co_await connect_session(state, record.id);
  if (!connected) {
    adopt_later(state, record.id);
    co_return connected.error();
  }
  PTYD_CRASH_POINT("create_connected");
  created.session = *connected;
  created.existed = exists;
  const auto inserted = state.sessions.insert(created.session);
  if (!inserted) {
    co_await created.session->close(EndReason::session_removed);
    co_return inserted.error();
  }
  state.last_create_us =
      static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - began).count());
  created.session->announce();
  spdlog::info("session={} id={} started, pid {}", record.name, id_to_hex(record.id), created.session->child_pid());
  co_return created;
}

asio::awaitable<Result<void>> end_first(DaemonState& state, std::shared_ptr<Session> session, bool force,
                                        std::optional<Clock::time_point>* told_until) {
  if (!session->running()) co_return Result<void>{};
  if (!force) {
    Error error{errc::failed_precondition, "session " + session->name() + " is running"};
    error.hint = "end it with ptyctl kill, or use force";
    co_return error;
  }
  KillSpec spec;
  spec.grace = state.settings.kill_grace;
  spec.told_until = *told_until;
  spec.progress = told_until;
  const auto killed = co_await session->kill(spec);
  if (!killed) co_return killed.error();
  co_return Result<void>{};
}

asio::awaitable<Result<void>> remove_session(DaemonState& state, std::shared_ptr<Session> session) {
  co_await hold_off_cancellation();
  const Counted busy(state.busy);
  const auto forgotten = co_await session->forget();
  if (state.sessions.find_id(session->id()) != session) co_return Result<void>{};
  if (!forgotten && session->state() != SessionState::lost) co_return forgotten.error();
  state.sessions.erase(session->id());
  std::error_code ignored;
  fs::remove(agent_link_of(state, session->id()), ignored);
  fs::remove(host_socket(state, session->id()), ignored);
  state.events.publish(SessionEventType::removed, *session);
  spdlog::info("session={} id={} forgotten", session->name(), id_to_hex(session->id()));
  co_await session->close(EndReason::session_removed);
  co_return Result<void>{};
}

void point_agent_link(DaemonState& state, const Session& session, const std::string& target) {
  if (session.record().agent_socket.empty() || target.empty() || target.front() != '/') return;
  set_link(agent_link_of(state, session.id()), target);
}

}  // namespace ptyd
