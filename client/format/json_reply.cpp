#include "client/format/json_reply.hpp"

#include "client/format/lease_reply.hpp"
#include "client/format/words.hpp"

namespace ptyd {

namespace {

JsonWriter begin_document() {
  JsonWriter json;
  json.begin_object().version_field();
  return json;
}

std::string end_document(JsonWriter& json) {
  json.end_object();
  return json.text();
}

// 0 stands for "not known" in the protocol.
void write_or_null(JsonWriter& json, std::string_view name, std::uint64_t value) {
  json.key(name);
  if (value == 0)
    json.null();
  else
    json.unsigned_integer(value);
}

void write_range(JsonWriter& json, const v1::OffsetRange& range) {
  json.begin_object().key("from").offset(range.from()).key("to").offset(range.to()).end_object();
}

void write_counters(JsonWriter& json, const v1::Counters& counters) {
  json.begin_object();
  json.key("output_bytes").offset(counters.output_bytes());
  json.key("input_bytes").offset(counters.input_bytes());
  json.key("resizes").offset(counters.resizes());
  json.key("resyncs").offset(counters.resyncs());
  json.key("long_lines").offset(counters.long_lines());
  json.end_object();
}

void write_tty(JsonWriter& json, const v1::TtyState& tty) {
  json.begin_object().field("canonical", tty.canonical()).field("echo", tty.echo()).field("paused", tty.paused());
  write_or_null(json, "foreground_pgid", tty.foreground_pgid());
  json.end_object();
}

void write_daemon(JsonWriter& json, const v1::Welcome& daemon) {
  json.begin_object().field("version", daemon.server_version()).field("protocol", daemon.protocol());
  write_or_null(json, "pid", daemon.server_pid());
  json.key("features").begin_array();
  for (const auto& feature : daemon.features()) json.string(feature);
  json.end_array().end_object();
}

std::string session_document(const v1::SessionInfo& session, const bool* existed) {
  auto json = begin_document();
  json.key("session");
  write_session(json, session);
  if (existed != nullptr) json.field("existed", *existed);
  return end_document(json);
}

}  // namespace

void write_or_null(JsonWriter& json, std::string_view name, std::string_view text) {
  json.key(name);
  if (text.empty())
    json.null();
  else
    json.string(text);
}

void write_size(JsonWriter& json, const v1::WindowSize& size) {
  json.begin_object().field("cols", size.cols()).field("rows", size.rows());
  json.field("x_pixels", size.x_pixels()).field("y_pixels", size.y_pixels()).end_object();
}

void write_recording(JsonWriter& json, const v1::RecordingInfo& recording) {
  json.begin_object().key("path").bytes(recording.spec().path());
  json.field("format", recording.spec().version() == 3 ? "v3" : "v2").field("input", recording.spec().input());
  json.field("active", recording.active()).time_fields("since", recording.since_ms());
  json.key("bytes").offset(recording.bytes()).key("max_bytes").offset(recording.spec().max_bytes());
  json.key("lost").offset(recording.lost());
  write_or_null(json, "ended", recording.ended());
  json.end_object();
}

void write_exit(JsonWriter& json, const v1::ExitStatus& exit) {
  json.begin_object().field("known", exit.known());
  json.key("code");
  if (exit.known() && exit.signal() == 0)
    json.unsigned_integer(exit.code());
  else
    json.null();
  write_or_null(json, "signal", exit.signal());
  json.field("core_dumped", exit.core_dumped());
  write_or_null(json, "reason", exit.reason());
  json.time_fields("at", exit.at_ms()).end_object();
}

void write_usage(JsonWriter& json, const v1::ResourceUsage& usage) {
  json.begin_object().key("user_us").offset(usage.user_us()).key("system_us").offset(usage.system_us());
  json.key("max_rss_bytes").offset(usage.max_rss_bytes()).end_object();
}

void write_session(JsonWriter& json, const v1::SessionInfo& session) {
  json.begin_object().version_field();
  json.field("id", session.id()).field("name", session.name()).field("state", word_for(session.state()));
  json.key("command").begin_array();
  for (const auto& argument : session.argv()) json.bytes(argument);
  json.end_array();
  json.key("cwd").bytes(session.cwd());
  json.key("size");
  write_size(json, session.size());
  json.field("policy", word_for(session.policy()));
  json.time_fields("created", session.created_ms());
  write_or_null(json, "pid", session.pid());
  write_or_null(json, "host_pid", session.host_pid());
  json.key("labels").begin_object();
  for (const auto& label : session.labels()) json.field(label.key(), label.value());
  json.end_object();
  json.key("exit");
  if (session.has_exit())
    write_exit(json, session.exit());
  else
    json.null();
  json.key("usage");
  if (session.has_usage())
    write_usage(json, session.usage());
  else
    json.null();
  json.key("output");
  write_range(json, session.output());
  json.key("input").offset(session.input());
  json.field("attachments", session.attachments()).field("term", session.term());
  json.field("remove_on_exit", session.remove_on_exit());
  json.key("history_bytes").offset(session.history_bytes());
  json.field("stream_ended", session.stream_ended());
  json.time_fields("last_output", session.last_output_ms());
  json.field("rehosted", session.rehosted()).field("rehostable", session.rehostable());
  json.end_object();
}

void write_attachment(JsonWriter& json, const v1::AttachmentInfo& attachment) {
  json.begin_object();
  json.key("client").offset(attachment.client());
  json.field("attachment", attachment.attachment()).field("client_name", attachment.client_name());
  write_or_null(json, "client_pid", attachment.client_pid());
  json.field("role", word_for(attachment.role())).field("flow", word_for(attachment.flow()));
  json.key("size");
  if (attachment.has_size())
    write_size(json, attachment.size());
  else
    json.null();
  json.time_fields("since", attachment.since_ms());
  json.key("offset").offset(attachment.offset()).key("lag").offset(attachment.lag());
  json.key("resyncs").offset(attachment.resyncs()).key("credit").offset(attachment.credit());
  json.field("direct", attachment.direct());
  json.end_object();
}

std::string session_json(const v1::SessionInfo& session) {
  JsonWriter json;
  write_session(json, session);
  return json.text();
}

std::string sessions_json(const std::vector<v1::SessionInfo>& sessions) {
  auto json = begin_document();
  json.key("sessions").begin_array();
  for (const auto& session : sessions) write_session(json, session);
  json.end_array();
  return end_document(json);
}

std::string one_session_json(const v1::SessionInfo& session) { return session_document(session, nullptr); }

std::string created_json(const v1::CreateReply& reply) {
  const bool existed = reply.existed();
  return session_document(reply.session(), &existed);
}

std::string inspect_json(const v1::InspectReply& reply) {
  auto json = begin_document();
  json.key("session");
  write_session(json, reply.session());
  json.key("attachments").begin_array();
  for (const auto& attachment : reply.attachments()) write_attachment(json, attachment);
  json.end_array().key("counters");
  write_counters(json, reply.counters());
  json.key("host_socket").bytes(reply.host_socket());
  json.key("tty");
  if (reply.has_tty())
    write_tty(json, reply.tty());
  else
    json.null();
  json.key("recording");
  if (reply.has_recording())
    write_recording(json, reply.recording());
  else
    json.null();
  json.key("leases").begin_array();
  for (const auto& lease : reply.leases()) write_lease(json, lease);
  json.end_array();
  return end_document(json);
}

std::string size_json(const v1::WindowSize& size) {
  auto json = begin_document();
  json.key("size");
  write_size(json, size);
  return end_document(json);
}

std::string detached_json(const v1::DetachReply& reply) {
  auto json = begin_document();
  json.field("detached", reply.ended());
  return end_document(json);
}

std::string sent_json(const v1::SendReply& reply) {
  auto json = begin_document();
  json.key("accepted").offset(reply.accepted()).key("input_offset").offset(reply.input_offset());
  write_or_null(json, "line_limit", reply.line_limit());
  return end_document(json);
}

std::string history_json(std::uint64_t offset, std::string_view data) {
  auto json = begin_document();
  json.key("offset").offset(offset).bytes_field(data);
  return end_document(json);
}

std::string ended_json(std::string_view session, const v1::ExitStatus& exit) {
  auto json = begin_document();
  json.field("session", session).key("exit");
  write_exit(json, exit);
  return end_document(json);
}

std::string removed_json(std::uint32_t removed) {
  auto json = begin_document();
  json.field("removed", removed);
  return end_document(json);
}

std::string recording_json(const v1::RecordingInfo& recording) {
  auto json = begin_document();
  json.key("recording");
  write_recording(json, recording);
  return end_document(json);
}

std::string environment_json(const v1::EnvironmentReply& reply) {
  auto json = begin_document();
  json.key("set").begin_array();
  for (const auto& variable : reply.env()) {
    json.begin_object().key("name").bytes(variable.name());
    json.key("value").bytes(variable.value()).end_object();
  }
  json.end_array().key("unset").begin_array();
  for (const auto& name : reply.unset()) json.bytes(name);
  json.end_array();
  return end_document(json);
}

std::string done_json() {
  auto json = begin_document();
  return end_document(json);
}

std::string status_json(const v1::StatusReply& reply) {
  auto json = begin_document();
  json.field("version", reply.server_version()).field("pid", reply.server_pid());
  json.time_fields("started", reply.started_ms()).field("socket", reply.socket());
  json.field("sessions", reply.sessions()).field("running", reply.running());
  json.field("connections", reply.connections());
  write_or_null(json, "log_file", reply.log_file());
  write_or_null(json, "config_file", reply.config_file());
  json.key("warnings").begin_array();
  for (const auto& warning : reply.warnings()) json.string(warning);
  json.end_array().field("last_create_us", reply.last_create_us());
  return end_document(json);
}

std::string ping_json(std::uint64_t round_trip_us, const v1::Welcome& daemon) {
  auto json = begin_document();
  json.field("round_trip_us", round_trip_us).key("daemon");
  write_daemon(json, daemon);
  return end_document(json);
}

std::string stopped_json(std::uint32_t sessions_left) {
  auto json = begin_document();
  json.field("sessions_left", sessions_left);
  return end_document(json);
}

std::string upgraded_json(std::string_view version, const std::optional<v1::UpgradeReply>& reply) {
  auto json = begin_document();
  json.field("version", version).field("cold", !reply.has_value());
  if (reply) {
    json.field("previous_version", reply->previous_version()).field("pause_us", reply->pause_us());
    json.field("connections", reply->connections()).field("sessions", reply->sessions());
    json.field("upgrades", reply->upgrades());
  }
  return end_document(json);
}

std::string version_json(std::string_view client_version, const std::optional<v1::Welcome>& daemon) {
  auto json = begin_document();
  json.field("client_version", client_version).key("daemon");
  if (daemon)
    write_daemon(json, *daemon);
  else
    json.null();
  return end_document(json);
}

std::string_view word_for(DoctorCheck::Outcome outcome) {
  switch (outcome) {
    case DoctorCheck::Outcome::ok: return "ok";
    case DoctorCheck::Outcome::warning: return "warning";
    case DoctorCheck::Outcome::failed: break;
  }
  return "failed";
}

std::string doctor_json(const std::vector<DoctorCheck>& checks) {
  auto json = begin_document();
  json.key("checks").begin_array();
  for (const auto& check : checks) {
    json.begin_object().field("name", std::string_view(check.name)).field("outcome", word_for(check.outcome));
    json.field("message", std::string_view(check.message)).field("hint", std::string_view(check.hint)).end_object();
  }
  json.end_array();
  return end_document(json);
}

std::string service_json(const ServiceReport& report) {
  auto json = begin_document();
  json.field("manager", std::string_view(report.manager)).field("state", std::string_view(report.state));
  json.key("files").begin_array();
  for (const auto& file : report.files) json.bytes(file);
  json.end_array();
  return end_document(json);
}

}  // namespace ptyd
