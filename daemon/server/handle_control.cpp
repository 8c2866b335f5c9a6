// Requests that wait for a session's host.
#include <algorithm>

#include "daemon/server/convert.hpp"
#include "daemon/server/create_session.hpp"
#include "daemon/server/handlers.hpp"
#include "daemon/server/request_fields.hpp"
#include "daemon/server/send_plan.hpp"

namespace ptyd {

namespace {

constexpr std::uint32_t kMaxSignal = 128;
constexpr int kMaxShownAttachments = 128;

Reply send_reply(Session::Typed typed) {
  auto reply = reply_of(std::move(typed));
  if (!reply) return reply.error();
  v1::Response response;
  *response.mutable_send() = std::move(*reply);
  return response;
}

// Who asked; nobody where the client is gone.
ClientIdentity identity_of(const DaemonState& state, const OpenRequest& open) {
  const auto client = state.connections.find(open.client);
  const auto connection = client == state.connections.end() ? nullptr : client->second.lock();
  return connection ? connection->identity() : ClientIdentity{};
}

host::SignalTarget target_of(const v1::SignalRequest& request) {
  if (request.tree()) return host::SignalTarget::tree;
  return request.foreground() ? host::SignalTarget::foreground : host::SignalTarget::leader;
}

}  // namespace

LaterReply handle_inspect(ConnectionPtr connection, OpenRequestPtr, v1::InspectRequest request) {
  auto found = find_session(connection->state(), request.session());
  if (!found) co_return found.error();
  const auto session = *found;
  const auto tty = co_await session->tty_status();
  v1::Response response;
  auto* reply = response.mutable_inspect();
  *reply->mutable_session() = describe(*session);
  for (const auto* attachment : session->attachments()) {
    if (attachment->ended()) continue;
    if (reply->attachments_size() == kMaxShownAttachments) break;
    *reply->add_attachments() = describe(*attachment);
  }
  auto* counters = reply->mutable_counters();
  counters->set_output_bytes(session->ring().head());
  counters->set_input_bytes(session->ring().input_taken());
  counters->set_resizes(session->ring().resizes());
  counters->set_resyncs(session->resyncs());
  counters->set_long_lines(session->ring().long_lines());
  if (const auto recording = session->recording_status()) *reply->mutable_recording() = describe(*recording);
  for (const auto& lease : session->leases().held()) *reply->add_leases() = describe(lease);
  reply->set_host_socket(host_socket(connection->state(), session->id()));
  if (tty) {
    reply->mutable_tty()->set_canonical(tty->canonical != 0);
    reply->mutable_tty()->set_echo(tty->echo != 0);
    reply->mutable_tty()->set_paused(tty->paused != 0);
    reply->mutable_tty()->set_foreground_pgid(tty->foreground_pgid);
  }
  co_return response;
}

LaterReply handle_send(DaemonState& state, OpenRequestPtr open, v1::SendRequest request) {
  auto found = find_session(state, request.session());
  if (!found) co_return found.error();
  const auto session = *found;
  if (open->typing) {
    auto rest = co_await session->finish_typing(*open->typing, open->deadline);
    if (rest.accepted > 0) session->note_typed(identity_of(state, *open), rest.accepted);
    co_return send_reply(std::move(rest));
  }
  auto plan = SendPlan::check(std::move(request));
  if (!plan) co_return plan.error();
  const auto ready = co_await plan->prepare(session);
  if (!ready) co_return ready.error();
  auto client = identity_of(state, *open);
  auto typed = co_await plan->type(session, std::move(client), open->deadline, &open->typing);
  if (typed.accepted > 0) session->note_typed(identity_of(state, *open), typed.accepted);
  co_return send_reply(std::move(typed));
}

LaterReply handle_signal(ConnectionPtr connection, OpenRequestPtr, v1::SignalRequest request) {
  auto found = find_session(connection->state(), request.session());
  if (!found) co_return found.error();
  if (request.signal() == 0 || request.signal() > kMaxSignal) co_return bad_field("signal", "must be 1 to 128");
  const auto told = co_await (*found)->signal(request.signal(), target_of(request));
  if (!told) co_return told.error();
  v1::Response response;
  response.mutable_signal();
  co_return response;
}

LaterReply handle_kill(DaemonState& state, OpenRequestPtr open, v1::KillRequest request) {
  auto found = find_session(state, request.session());
  if (!found) co_return found.error();
  if (request.signal() > kMaxSignal) co_return bad_field("signal", "must be at most 128");
  KillSpec spec;
  spec.signal = request.signal();
  spec.force = request.force();
  spec.tree = request.tree();
  constexpr std::uint64_t kLongestGraceMs = 24ull * 3600 * 1000;
  spec.grace = state.settings.kill_grace;
  if (request.has_grace_ms()) spec.grace = std::chrono::milliseconds(std::min(request.grace_ms(), kLongestGraceMs));
  spec.told_until = open->told_until;
  spec.progress = &open->told_until;
  const auto killed = co_await (*found)->kill(spec);
  if (!killed) co_return killed.error();
  v1::Response response;
  *response.mutable_kill()->mutable_exit() = to_wire(*killed);
  co_return response;
}

LaterReply handle_remove(DaemonState& state, OpenRequestPtr open, v1::RemoveRequest request) {
  v1::Response response;
  auto* reply = response.mutable_remove();
  std::vector<std::shared_ptr<Session>> sessions;
  if (request.exited()) {
    if (!request.session().empty()) co_return bad_field("session", "can't be combined with exited");
    sessions = state.sessions.all();
    std::erase_if(sessions, [](const auto& session) { return session->running(); });
  } else {
    auto found = find_session(state, request.session());
    if (!found) co_return found.error();
    sessions.push_back(*found);
  }
  for (const auto& session : sessions) {
    const auto ended = co_await end_first(state, session, request.force(), &open->told_until);
    if (!ended) co_return ended.error();
    const auto removed = co_await remove_session(state, session);
    if (!removed) co_return removed.error();
    reply->set_removed(reply->removed() + 1);
  }
  co_return response;
}

}  // namespace ptyd
