#include "daemon/server/convert.hpp"

#include <algorithm>

#include "common/escape.hpp"
#include "daemon/core/session_name.hpp"

namespace ptyd {

namespace {

// SessionInfo goes into lists and events: a long command line is cut for them.
constexpr std::size_t kMaxShownArgv = 4096;
constexpr int kMaxShownArguments = 64;

v1::ErrorCode to_wire(errc code) {
  switch (code) {
    case errc::invalid_argument: return v1::INVALID_ARGUMENT;
    case errc::not_found: return v1::NOT_FOUND;
    case errc::ambiguous: return v1::AMBIGUOUS;
    case errc::already_exists: return v1::ALREADY_EXISTS;
    case errc::permission_denied: return v1::PERMISSION_DENIED;
    case errc::busy: return v1::BUSY;
    case errc::resource_exhausted: return v1::RESOURCE_EXHAUSTED;
    case errc::failed_precondition: return v1::FAILED_PRECONDITION;
    case errc::out_of_range: return v1::OUT_OF_RANGE;
    case errc::unimplemented: return v1::UNIMPLEMENTED;
    case errc::unavailable: return v1::UNAVAILABLE;
    case errc::deadline_exceeded: return v1::DEADLINE_EXCEEDED;
    case errc::unsupported_version: return v1::UNSUPPORTED_VERSION;
    case errc::spawn_failed: return v1::SPAWN_FAILED;
    case errc::session_ended: return v1::SESSION_ENDED;
    case errc::frame_too_large: return v1::FRAME_TOO_LARGE;
    case errc::malformed: return v1::MALFORMED;
    case errc::cancelled: return v1::CANCELLED;
    case errc::internal: return v1::INTERNAL;
  }
  return v1::INTERNAL;
}

// proto3 strings must be UTF-8; a message may quote a peer's bytes.
std::string utf8(const std::string& text) { return is_utf8(text) ? text : escape_ascii(text); }

v1::ClientIdentity to_wire(const ClientIdentity& client) {
  v1::ClientIdentity out;
  out.set_client(client.client);
  out.set_name(utf8(client.name));
  out.set_pid(client.pid);
  return out;
}

v1::SessionState state_of(const Session& session) {
  switch (session.state()) {
    case SessionState::running: return v1::RUNNING;
    case SessionState::exited: return v1::EXITED;
    case SessionState::lost: return v1::LOST;
  }
  return v1::SESSION_STATE_UNSPECIFIED;
}

}  // namespace

v1::Error to_wire(const Error& error) {
  v1::Error out;
  out.set_code(to_wire(error.code));
  out.set_message(utf8(error.message));
  out.set_hint(utf8(error.hint));
  out.set_subject(utf8(error.subject));
  out.set_os_error(error.os_error);
  out.set_step(utf8(error.step));
  if (error.code == errc::out_of_range) {
    out.mutable_offsets()->set_from(error.have_from);
    out.mutable_offsets()->set_to(error.have_to);
  }
  if (error.code == errc::unsupported_version) {
    out.mutable_versions()->set_min(static_cast<std::uint32_t>(error.have_from));
    out.mutable_versions()->set_max(static_cast<std::uint32_t>(error.have_to));
  }
  return out;
}

v1::EventType to_wire(SessionEventType type) {
  switch (type) {
    case SessionEventType::created: return v1::CREATED;
    case SessionEventType::exited: return v1::SESSION_EXITED;
    case SessionEventType::stream_ended: return v1::STREAM_ENDED;
    case SessionEventType::removed: return v1::REMOVED;
    case SessionEventType::renamed: return v1::RENAMED;
    case SessionEventType::labeled: return v1::LABELED;
    case SessionEventType::resized: return v1::RESIZED;
    case SessionEventType::attached: return v1::ATTACHED;
    case SessionEventType::attachment_ended: return v1::ATTACHMENT_ENDED;
    case SessionEventType::line_too_long: return v1::LINE_TOO_LONG;
    case SessionEventType::title_changed: return v1::TITLE_CHANGED;
    case SessionEventType::cwd_changed: return v1::CWD_CHANGED;
    case SessionEventType::bell: return v1::BELL;
    case SessionEventType::command_started: return v1::COMMAND_STARTED;
    case SessionEventType::command_ended: return v1::COMMAND_ENDED;
    case SessionEventType::idle: return v1::IDLE;
    case SessionEventType::screen_changed: return v1::SCREEN_CHANGED;
    case SessionEventType::recording: return v1::RECORDING;
    case SessionEventType::input: return v1::INPUT;
    case SessionEventType::host_replaced: return v1::HOST_REPLACED;
    case SessionEventType::lease_changed: return v1::LEASE_CHANGED;
  }
  return v1::EVENT_TYPE_UNSPECIFIED;
}

v1::Event to_wire(const SessionEvent& event) {
  v1::Event out;
  out.set_type(to_wire(event.type));
  *out.mutable_session() = describe(*event.session);
  out.set_offset(event.offset.value_or(event.session->ring().head()));
  if (event.attachment != nullptr) *out.mutable_attachment() = describe(*event.attachment);
  if (event.recording != nullptr) *out.mutable_recording() = describe(*event.recording);
  out.set_text(utf8(event.text));
  if (event.exit_code) out.set_exit_code(*event.exit_code);
  out.set_count(event.count);
  out.set_skipped(event.skipped);
  out.set_generation(event.generation);
  out.set_input_offset(event.input_offset);
  if (event.client.client != 0) *out.mutable_client() = to_wire(event.client);
  if (event.lease != nullptr) *out.mutable_lease() = describe(*event.lease);
  if (event.lease_end) out.set_lease_end(to_wire(*event.lease_end));
  if (event.type == SessionEventType::resized)
    out.set_cause(event.by_policy ? v1::RESIZED_BY_POLICY : v1::RESIZED_BY_REQUEST);
  if (event.type == SessionEventType::attachment_ended) out.set_reason(to_wire(event.attachment->end_reason()));
  return out;
}

v1::EndReason to_wire(EndReason reason) {
  switch (reason) {
    case EndReason::detached: return v1::DETACHED;
    case EndReason::session_exited: return v1::ENDED_BY_EXIT;
    case EndReason::displaced: return v1::DISPLACED;
    case EndReason::fell_behind: return v1::FELL_BEHIND;
    case EndReason::session_removed: return v1::SESSION_REMOVED;
    case EndReason::daemon_stopping: return v1::DAEMON_STOPPING;
    case EndReason::host_lost: return v1::HOST_LOST;
  }
  return v1::END_REASON_UNSPECIFIED;
}

v1::LeaseEnd to_wire(LeaseEnd end) {
  switch (end) {
    case LeaseEnd::released: return v1::LEASE_RELEASED;
    case LeaseEnd::expired: return v1::LEASE_EXPIRED;
    case LeaseEnd::stolen: return v1::LEASE_STOLEN;
    case LeaseEnd::taken_over: return v1::LEASE_TAKEN_OVER;
    case LeaseEnd::disconnected: return v1::LEASE_DISCONNECTED;
  }
  return v1::LEASE_END_UNSPECIFIED;
}

v1::ExitStatus to_wire(const ExitInfo& exit) {
  v1::ExitStatus out;
  out.set_known(exit.known);
  out.set_code(exit.code);
  out.set_signal(exit.signal);
  out.set_core_dumped(exit.core_dumped);
  out.set_reason(exit.reason);
  out.set_at_ms(exit.at_ms);
  return out;
}

v1::ResourceUsage to_wire(const ProgramUsage& usage) {
  v1::ResourceUsage out;
  out.set_user_us(usage.user_us);
  out.set_system_us(usage.system_us);
  out.set_max_rss_bytes(usage.max_rss_bytes);
  return out;
}

v1::WindowSize to_wire(const WindowSize& size) {
  v1::WindowSize out;
  out.set_cols(size.cols);
  out.set_rows(size.rows);
  out.set_x_pixels(size.x_pixels);
  out.set_y_pixels(size.y_pixels);
  return out;
}

v1::SizePolicy to_wire(SizePolicy policy) {
  switch (policy) {
    case SizePolicy::latest: return v1::LATEST;
    case SizePolicy::smallest: return v1::SMALLEST;
    case SizePolicy::largest: return v1::LARGEST;
    case SizePolicy::manual: return v1::MANUAL;
  }
  return v1::SIZE_POLICY_UNSPECIFIED;
}

v1::SessionInfo describe(const Session& session) {
  const auto& record = session.record();
  const auto& ring = session.ring();
  v1::SessionInfo out;
  out.set_id(id_to_hex(record.id));
  out.set_name(record.name);
  out.set_state(state_of(session));
  std::size_t shown = 0;
  for (const auto& arg : record.argv) {
    if (shown >= kMaxShownArgv || out.argv_size() == kMaxShownArguments) break;
    out.add_argv(arg.substr(0, kMaxShownArgv - shown));
    shown += arg.size();
  }
  out.set_cwd(record.cwd);
  *out.mutable_size() = to_wire(session.size());
  out.set_policy(to_wire(record.policy));
  out.set_created_ms(record.created_ms);
  out.set_pid(session.child_pid());
  out.set_host_pid(session.host_pid());
  for (const auto& [key, value] : record.labels) {
    auto* label = out.add_labels();
    label->set_key(key);
    label->set_value(value);
  }
  if (const auto exit = session.exit_info()) *out.mutable_exit() = to_wire(*exit);
  out.mutable_output()->set_from(ring.oldest());
  out.mutable_output()->set_to(ring.head());
  out.set_input(ring.input_taken() + ring.guests_taken());
  out.set_attachments(static_cast<std::uint32_t>(session.attachments().size()));
  out.set_term(record.term);
  out.set_remove_on_exit(record.remove_on_exit);
  out.set_history_bytes(ring.capacity());
  out.set_stream_ended(session.stream_ended());
  out.set_last_output_ms(ring.last_output_unix_ms());
  if (const auto usage = ring.usage()) *out.mutable_usage() = to_wire(*usage);
  out.set_rehosted(record.rehosted);
  out.set_rehostable(session.rehostable());
  return out;
}

v1::AttachmentInfo describe(const Attachment& attachment) {
  const auto& spec = attachment.spec();
  const auto head = attachment.session().ring().head();
  v1::AttachmentInfo out;
  out.set_client(spec.client.client);
  out.set_attachment(spec.number);
  out.set_client_name(utf8(spec.client.name));
  out.set_client_pid(spec.client.pid);
  out.set_role(spec.role == Role::observer ? v1::OBSERVER : v1::CONTROLLER);
  switch (spec.flow) {
    case FlowPolicy::resync: out.set_flow(v1::RESYNC); break;
    case FlowPolicy::lossless: out.set_flow(v1::LOSSLESS); break;
    case FlowPolicy::disconnect: out.set_flow(v1::DISCONNECT); break;
  }
  if (spec.size) *out.mutable_size() = to_wire(*spec.size);
  out.set_since_ms(attachment.since_ms());
  out.set_offset(attachment.cursor());
  out.set_lag(head - std::min(head, attachment.cursor()));
  out.set_resyncs(attachment.resyncs());
  out.set_credit(attachment.credit());
  out.set_direct(attachment.direct());
  return out;
}

v1::RecordingInfo describe(const RecordingStatus& recording) {
  v1::RecordingInfo out;
  out.mutable_spec()->set_path(recording.spec.path);
  out.mutable_spec()->set_version(recording.spec.version);
  out.mutable_spec()->set_input(recording.spec.input);
  out.mutable_spec()->set_max_bytes(recording.spec.max_bytes);
  out.set_active(recording.active);
  out.set_since_ms(recording.since_ms);
  out.set_bytes(recording.bytes);
  out.set_lost(recording.lost);
  out.set_ended(utf8(recording.ended));
  return out;
}

v1::LeaseInfo describe(const HeldLease& held) {
  v1::LeaseInfo out;
  out.set_kind(held.kind == LeaseKind::size ? v1::SIZE_LEASE : v1::INPUT_LEASE);
  *out.mutable_holder() = to_wire(held.lease.holder);
  out.set_since_ms(held.lease.since_ms);
  out.set_expires_ms(held.lease.expires_ms);
  out.set_person(held.lease.person);
  return out;
}

Error bad_field(std::string field, std::string why) {
  Error error{errc::invalid_argument, field + " " + why};
  error.subject = std::move(field);
  return error;
}

Result<WindowSize> from_wire(const v1::WindowSize& size) {
  return validate_size(size.cols(), size.rows(), size.x_pixels(), size.y_pixels());
}

Result<SizePolicy> from_wire(v1::SizePolicy policy, SizePolicy otherwise) {
  switch (policy) {
    case v1::SIZE_POLICY_UNSPECIFIED: return otherwise;
    case v1::LATEST: return SizePolicy::latest;
    case v1::SMALLEST: return SizePolicy::smallest;
    case v1::LARGEST: return SizePolicy::largest;
    case v1::MANUAL: return SizePolicy::manual;
    default: return bad_field("policy", "has a value this daemon does not know");
  }
}

Result<FlowPolicy> from_wire(v1::FlowPolicy policy) {
  switch (policy) {
    case v1::FLOW_POLICY_UNSPECIFIED:
    case v1::RESYNC: return FlowPolicy::resync;
    case v1::LOSSLESS: return FlowPolicy::lossless;
    case v1::DISCONNECT: return FlowPolicy::disconnect;
    default: return bad_field("flow", "has a value this daemon does not know");
  }
}

Result<Role> from_wire(v1::Role role) {
  switch (role) {
    case v1::ROLE_UNSPECIFIED:
    case v1::CONTROLLER: return Role::controller;
    case v1::OBSERVER: return Role::observer;
    default: return bad_field("role", "has a value this daemon does not know");
  }
}

Result<LeaseKind> from_wire(v1::LeaseKind kind) {
  switch (kind) {
    case v1::LEASE_KIND_UNSPECIFIED:
    case v1::INPUT_LEASE: return LeaseKind::input;
    case v1::SIZE_LEASE: return LeaseKind::size;
    default: return bad_field("kind", "has a value this daemon does not know");
  }
}

Result<std::optional<std::array<std::uint8_t, 16>>> id_from_wire(const std::string& bytes, const char* field) {
  std::optional<std::array<std::uint8_t, 16>> out;
  if (bytes.empty()) return out;
  if (bytes.size() != 16) return bad_field(field, "must be 16 bytes or empty");
  out.emplace();
  std::copy(bytes.begin(), bytes.end(), out->begin());
  return out;
}

}  // namespace ptyd
