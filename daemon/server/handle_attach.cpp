// Requests that begin, change and end attachments.
#include <algorithm>

#include "common/crash_point.hpp"
#include "daemon/core/session_name.hpp"
#include "daemon/server/convert.hpp"
#include "daemon/server/create_session.hpp"
#include "daemon/server/handlers.hpp"
#include "daemon/server/request_fields.hpp"

namespace ptyd {

using Clock = std::chrono::steady_clock;

namespace {

Result<AttachSpec> attach_spec(Connection& connection, const v1::AttachRequest& request) {
  AttachSpec spec;
  const auto role = from_wire(request.role());
  if (!role) return role.error();
  spec.role = *role;
  const auto flow = from_wire(request.flow());
  if (!flow) return flow.error();
  spec.flow = *flow;
  if (request.has_size()) {
    const auto size = from_wire(request.size());
    if (!size) return size.error();
    spec.size = *size;
  }
  auto stream = id_from_wire(request.input_stream(), "input_stream");
  if (!stream) return stream.error();
  spec.input_stream = *stream;
  const auto lease = id_from_wire(request.lease(), "lease");
  if (!lease) return lease.error();
  spec.lease = *lease;
  spec.person = request.person();
  if (request.has_resume_offset() && request.has_from_offset())
    return bad_field("from_offset", "can't be combined with resume_offset");
  if (request.has_resume_offset()) spec.resume_offset = request.resume_offset();
  if (request.has_from_offset()) spec.from_offset = request.from_offset();
  spec.steal = request.steal();
  spec.credit = request.credit();
  spec.no_replay = request.no_replay();
  spec.until_stream_end = request.until_stream_end();
  spec.scrollback_rows = request.scrollback_rows();
  spec.fresh_terminal = request.fresh_terminal();
  spec.replay_bytes = request.replay_bytes() == 0 ? connection.state().settings.replay_bytes : request.replay_bytes();
  spec.max_data = connection.max_data();
  spec.client = connection.identity();
  return spec;
}

Result<void> check_ancestry(const Session& session, const v1::AttachRequest& request) {
  const auto& id = session.id();
  for (const auto& ancestor : request.ancestry()) {
    const bool same = ancestor == id_to_hex(id) ||
                      std::equal(ancestor.begin(), ancestor.end(), id.begin(), id.end(),
                                 [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
    if (!same) continue;
    Error error{errc::busy, "session " + session.name() + " would be attached to itself"};
    error.subject = session.name();
    error.hint = "detach first, or attach from a terminal outside of it";
    return error;
  }
  return {};
}

void note_variables(Session& session, const v1::AttachRequest& request) {
  Variables told;
  for (const auto& variable : request.env()) told.emplace_back(variable.name(), variable.value());
  session.client_variables().attached(told, request.env_complete());
}

}  // namespace

LaterReply handle_attach(ConnectionPtr link, OpenRequestPtr open, v1::AttachRequest request) {
  auto& connection = *link;
  auto& state = connection.state();
  auto session = find_session(state, request.session());
  if (!session) co_return session.error();
  auto spec = attach_spec(connection, request);
  if (!spec) co_return spec.error();
  if (auto fine = check_ancestry(**session, request); !fine) co_return fine.error();
  const auto number = connection.new_attachment_number();
  if (!number) co_return number.error();
  spec->number = *number;
  auto attached = (*session)->attach(connection, std::move(*spec));
  if (!attached) co_return attached.error();
  PTYD_CRASH_POINT("attach_made");
  const std::unique_ptr<Attachment>& made = *attached;
  const auto& attachment = *made;
  made->notify_when_ready(&open->wake);
  for (;;) {
    // Also one that was cancelled in the very moment it was ready: the client was told so.
    if (open->cancelled) co_return Error{errc::cancelled, "cancelled by the client"};
    if (attachment.ready()) break;
    if (Clock::now() >= open->deadline) co_return Error{errc::deadline_exceeded, "the session's screen is not ready"};
    co_await open->wake.wait();
  }
  made->notify_when_ready(nullptr);
  if (attachment.spec().role == Role::controller) {
    point_agent_link(state, **session, env_value(request.env(), "SSH_AUTH_SOCK"));
    note_variables(**session, request);
  }

  v1::Response response;
  auto* reply = response.mutable_attach();
  reply->set_attachment(*number);
  reply->set_offset(attachment.cursor());
  reply->set_resumed(attachment.resumed());
  reply->set_input_offset(attachment.input_offset());
  reply->set_input_limit(attachment.input_limit());
  reply->set_input_unknown(attachment.input_unknown());
  connection.adopt(std::move(*attached));
  *reply->mutable_session() = describe(**session);
  PTYD_CRASH_POINT("attach_adopted");
  co_return response;
}

Reply handle_detach(Connection& connection, const v1::DetachRequest& request) {
  const int targets = (request.attachment() != 0) + (request.client() != 0) + request.all() + request.others();
  if (targets != 1) return bad_field("attachment", "or exactly one of client, all and others must be given");
  v1::Response response;
  if (request.attachment() != 0) {
    auto* attachment = connection.attachment(request.attachment());
    if (attachment == nullptr)
      return Error{errc::not_found, "there is no attachment " + std::to_string(request.attachment())};
    attachment->end(EndReason::detached);
    response.mutable_detach()->set_ended(1);
    return response;
  }
  auto session = find_session(connection.state(), request.session());
  if (!session) return session.error();
  std::uint32_t ended = 0;
  const auto attachments = (*session)->attachments();
  for (auto* attachment : attachments) {
    const auto client = attachment->spec().client.client;
    if (attachment->ended() || (request.client() != 0 && client != request.client()) ||
        (request.others() && client == connection.number()))
      continue;
    attachment->end(EndReason::detached);
    ++ended;
  }
  if (request.client() != 0 && ended == 0)
    return Error{errc::not_found,
                 "client " + std::to_string(request.client()) + " is not attached to " + (*session)->name()};
  response.mutable_detach()->set_ended(ended);
  return response;
}

LaterReply handle_direct(ConnectionPtr connection, OpenRequestPtr, v1::DirectRequest request) {
  const auto* attachment = connection->attachment(request.attachment());
  if (attachment == nullptr)
    co_return Error{errc::not_found, "there is no attachment " + std::to_string(request.attachment())};
  const auto known = id_from_wire(request.token(), "token");
  if (!known) co_return known.error();
  const auto session = attachment->shared_session();
  const auto grant = co_await session->let_in(connection->number(), request.attachment(), *known);
  if (!grant) co_return grant.error();
  v1::Response response;
  auto* reply = response.mutable_direct();
  reply->set_host_socket(host_socket(connection->state(), session->id()));
  reply->set_token(grant->token, sizeof grant->token);
  co_return response;
}

Reply handle_set_size(Connection& connection, const v1::SetSizeRequest& request) {
  auto* attachment = connection.attachment(request.attachment());
  if (attachment == nullptr)
    return Error{errc::not_found, "there is no attachment " + std::to_string(request.attachment())};
  const auto size = from_wire(request.size());
  if (!size) return size.error();
  if (attachment->spec().role == Role::observer)
    return Error{errc::permission_denied, "this attachment is read-only: it does not size the session"};
  v1::Response response;
  *response.mutable_set_size()->mutable_size() = to_wire(attachment->set_size(*size, request.host_turn()));
  return response;
}

}  // namespace ptyd
