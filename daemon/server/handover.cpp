#include "daemon/server/handover.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <set>

#include "common/escape.hpp"
#include "daemon/core/session_name.hpp"
#include "daemon/server/create_session.hpp"
#include "daemon/server/dispatch.hpp"
#include "daemon/server/features.hpp"
#include "ptyd/version.hpp"

namespace ptyd {

namespace asio = boost::asio;

namespace {

using Clock = std::chrono::steady_clock;

// Of events that are kept for subscribers who come back. The others are reported as missed.
constexpr std::size_t kMaxEventBytes = std::size_t{1024} * 1024;

SavedTime saved_time(Clock::time_point time) { return time.time_since_epoch().count(); }
Clock::time_point time_of(SavedTime saved) { return Clock::time_point(Clock::duration(saved)); }

bool can_go_on(const OpenRequest& request) {
  return request.is_upgrade || request.held || request.repeatable || request.typing || request.told_until;
}

SavedTyping save_typing(const Typing& typing) {
  SavedTyping saved;
  saved.stream = typing.stream;
  saved.own_stream = typing.own_stream;
  saved.begin = typing.begin;
  saved.end = typing.end;
  saved.long_lines = typing.long_lines;
  return saved;
}

void save_request(const OpenRequest& request, SavedState& saved) {
  const bool somebody =
      !request.answered && std::any_of(saved.connections.begin(), saved.connections.end(),
                                       [&](const auto& client) { return client.number == request.client; });
  if (request.is_upgrade || !can_go_on(request)) return;
  // A question that nobody asks any more, or what was never begun.
  if (!somebody && !request.typing && !request.told_until) return;
  SavedRequest out;
  out.client = somebody ? request.client : 0;
  out.id = request.id;
  out.deadline = saved_time(request.deadline);
  out.request = request.again.SerializeAsString();
  if (request.typing) out.typing = save_typing(*request.typing);
  if (request.told_until) out.told_until = saved_time(*request.told_until);
  saved.requests.push_back(std::move(out));
}

// Attachments that are over, or not given to their clients yet, are not saved.
void drop_unsaved_places(SavedState& saved) {
  std::set<std::pair<std::uint64_t, std::uint32_t>> places;
  for (const auto& connection : saved.connections)
    for (const auto& attachment : connection.attachments) places.emplace(connection.number, attachment.number);
  for (auto& session : saved.sessions)
    std::erase_if(session.attachments, [&places](const SavedPlace& place) {
      return !places.contains({place.client, place.number});
    });
}

ScreenSettings screen_settings(const DaemonState& state) {
  ScreenSettings screen;
  screen.thread = state.settings.screen ? state.screen_thread.get() : nullptr;
  screen.scrollback_lines = state.settings.scrollback_lines;
  screen.scrollback_bytes = state.settings.scrollback_bytes;
  return screen;
}

asio::awaitable<void> keep_outliving(DaemonState& state, std::shared_ptr<Session> session) {
  co_await session->outlive_host(state.settings.host_program, host_socket(state, session->id()));
}

// The request goes on with the client that asked, if it is still there.
void resume_request(DaemonState& state, const SavedRequest& saved) {
  v1::Request request;
  if (!request.ParseFromString(saved.request)) return;
  auto open = std::make_shared<OpenRequest>(state.executor, saved.client, saved.id, time_of(saved.deadline));
  if (saved.typing) {
    const auto& typing = *saved.typing;
    open->typing = Typing{typing.stream, typing.own_stream, typing.begin, typing.end, typing.long_lines};
  }
  if (saved.told_until) open->told_until = time_of(*saved.told_until);
  const auto client = state.connections.find(saved.client);
  if (const auto connection = client == state.connections.end() ? nullptr : client->second.lock())
    return connection->take_up(std::move(open), std::move(request));
  open->answered = true;
  go_on_alone(state, std::move(open), std::move(request));
}

}  // namespace

std::optional<std::string> in_the_way(const DaemonState& state) {
  if (state.stopping) return "the daemon is stopping";
  if (state.busy > 0 || !state.starting.empty() || state.posted > 0) return "sessions are being started or removed";
  for (const auto& session : state.sessions.all())
    if (session->replacing_host()) return "the host of session " + session->name() + " is being replaced";
  for (const auto& session : state.sessions.all())
    if (session->records()) return "session " + session->name() + " is being recorded: end that first";
  const auto blocks = [](const auto& entry) { return !can_go_on(*entry.second); };
  const auto count = std::count_if(state.requests.begin(), state.requests.end(), blocks);
  if (count == 0) return std::nullopt;
  return std::to_string(count) + " requests are being done";
}

void settle(DaemonState& state) {
  for (const auto& session : state.sessions.all()) session->settle();
  for (const auto& [number, weak] : std::map(state.connections))
    if (const auto connection = weak.lock()) connection->settle();
}

Result<SavedState> save_state(DaemonState& state, const Server& server) {
  SavedState saved;
  saved.version = kVersion;
  saved.features.assign(kFeatures.begin(), kFeatures.end());
  saved.upgrades = state.upgrades;
  saved.instance = state.instance;
  saved.started_ms = state.started_ms;
  saved.listener = static_cast<SavedHandle>(server.listener());
  saved.next_connection = server.next_number();
  saved.next_event = state.event_log.next();
  auto events = state.event_log.save(kMaxEventBytes);
  saved.events = std::move(events.events);
  saved.events_lost = std::move(events.lost);
  for (const auto& session : state.sessions.all()) {
    auto one = session->save();
    if (!one) return Error{errc::unimplemented, "connections to hosts can't be handed to another program here"};
    saved.sessions.push_back(std::move(*one));
  }
  const auto kept = [&state](const SavedAttachment& attachment) {
    return state.sessions.find_id(attachment.session) != nullptr;
  };
  for (const auto& [number, weak] : state.connections) {
    const auto connection = weak.lock();
    if (!connection || connection->dead()) continue;
    saved.connections.push_back(connection->save());
    std::erase_if(saved.connections.back().attachments, [&kept](const auto& attachment) { return !kept(attachment); });
  }
  drop_unsaved_places(saved);
  for (const auto& [order, request] : state.requests) save_request(*request, saved);
  return saved;
}

void resume_state(DaemonState& state, Server& server, const SavedState& saved) {
  state.instance = saved.instance;
  state.started_ms = saved.started_ms;
  state.upgrades = saved.upgrades + 1;
  state.event_log.resume(saved.next_event, {saved.events, saved.events_lost});
  std::vector<std::pair<std::shared_ptr<Session>, const SavedSession*>> sessions;
  for (const auto& one : saved.sessions) {
    auto session = Session::resume(state.executor, state.events, one);
    const auto inserted = session ? state.sessions.insert(*session) : Result<void>(session.error());
    if (inserted)
      sessions.emplace_back(*session, &one);
    else
      spdlog::error("a session could not be taken over: {}", escape_text(inserted.error().message));
  }
  server.set_next_number(saved.next_connection);
  for (const auto& client : saved.connections)
    if (const auto resumed = server.resume(client); !resumed)
      spdlog::error("client={} could not be taken over: {}", client.number, escape_text(resumed.error().message));
  for (const auto& [session, one] : sessions) {
    session->go_on(*one, screen_settings(state));
    state.tasks->spawn(keep_outliving(state, session));
  }
  server.serve_resumed();
  const auto there = [&state](std::uint64_t client) { return state.connections.contains(client); };
  for (const auto& [session, one] : sessions) session->leases().drop_clients(there);
  for (const auto& request : saved.requests) resume_request(state, request);
}

void release_held(DaemonState& state) {
  for (const auto& [number, weak] : std::map(state.connections))
    if (const auto connection = weak.lock()) connection->begin_held();
}

std::vector<SavedHandle> handles_of(const SavedState& saved) {
  std::vector<SavedHandle> handles{saved.lock, saved.listener};
  for (const auto& session : saved.sessions) {
    handles.insert(handles.end(), {session.host.socket, session.host.ring, session.host.wake});
    handles.insert(handles.end(), session.host.handles.begin(), session.host.handles.end());
    const auto& host = session.host;
    for (const auto handle : {host.process, host.counts, host.terminal, host.memory, host.program, host.checkpoint})
      if (handle >= 0) handles.push_back(handle);
    for (const auto& message : session.host.queued)
      if (message.handle >= 0) handles.push_back(message.handle);
  }
  for (const auto& connection : saved.connections) handles.push_back(connection.socket);
  return handles;
}

}  // namespace ptyd
