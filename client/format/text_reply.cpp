#include "client/format/text_reply.hpp"

#include "client/format/lease_reply.hpp"
#include "client/format/text_table.hpp"
#include "client/format/words.hpp"
#include "common/escape.hpp"
#include "common/quantity.hpp"

namespace ptyd {

namespace {

using Rows = std::vector<std::vector<TextCell>>;

constexpr const char* kGreen = "32";
constexpr const char* kYellow = "33";
constexpr const char* kRed = "31";
constexpr const char* kBold = "1";

std::string state_text(const v1::SessionInfo& session) {
  const std::string word(word_for(session.state()));
  if (session.state() != v1::EXITED || !session.has_exit() || !session.exit().known()) return word;
  if (session.exit().signal() != 0) return "signal " + std::to_string(session.exit().signal());
  return word + " " + std::to_string(session.exit().code());
}

const char* state_color(const v1::SessionInfo& session) {
  if (session.state() == v1::RUNNING) return kGreen;
  if (session.state() == v1::LOST) return kRed;
  const bool failed = session.has_exit() && (session.exit().signal() != 0 || session.exit().code() != 0);
  return failed ? kRed : kYellow;
}

std::string size_text(const v1::WindowSize& size) {
  return std::to_string(size.cols()) + "x" + std::to_string(size.rows());
}

std::string pid_text(std::uint64_t pid) { return pid == 0 ? "-" : std::to_string(pid); }

std::string time_text(std::uint64_t unix_ms, const TextStyle& style) {
  return unix_ms == 0 ? "-" : format_time(unix_ms) + " (" + age_text(unix_ms, style.now_ms) + " ago)";
}

// Quoted as for a shell where a plain word would not do.
std::string quoted_argument(std::string_view argument) {
  constexpr std::string_view kPlain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_@%+=:,./-";
  const bool plain = !argument.empty() && argument.find_first_not_of(kPlain) == std::string_view::npos;
  if (plain) return std::string(argument);
  std::string text = "'";
  for (const char c : argument) {
    if (c == '\'')
      text += "'\\''";
    else
      text += c;
  }
  return escape_text(text + "'");
}

std::string attachment_table(const v1::InspectReply& reply, const TextStyle& style) {
  Rows rows{{{"CLIENT", kBold},
             {"NAME", kBold},
             {"PID", kBold},
             {"ROLE", kBold},
             {"FLOW", kBold},
             {"SIZE", kBold},
             {"SINCE", kBold},
             {"LAG", kBold},
             {"RESYNCS", kBold}}};
  for (const auto& attachment : reply.attachments()) {
    rows.push_back({{std::to_string(attachment.client()) + "." + std::to_string(attachment.attachment())},
                    {escape_text(attachment.client_name())},
                    {pid_text(attachment.client_pid())},
                    {std::string(word_for(attachment.role()))},
                    {std::string(word_for(attachment.flow()))},
                    {attachment.has_size() ? size_text(attachment.size()) : "-"},
                    {age_text(attachment.since_ms(), style.now_ms)},
                    {std::to_string(attachment.lag())},
                    {std::to_string(attachment.resyncs())}});
  }
  return text_table(rows, style.width, style.color);
}

std::string labels_text(const v1::SessionInfo& session) {
  std::string text;
  for (const auto& label : session.labels())
    text += (text.empty() ? "" : " ") + escape_text(label.key()) + "=" + escape_text(label.value());
  return text.empty() ? "-" : text;
}

std::string seconds_text(std::uint64_t microseconds) {
  const auto milliseconds = microseconds / 1000;
  auto rest = std::to_string(milliseconds % 1000);
  rest.insert(0, 3 - rest.size(), '0');
  return std::to_string(milliseconds / 1000) + "." + rest + " s";
}

std::string usage_text(const v1::ResourceUsage& usage) {
  return seconds_text(usage.user_us()) + " user, " + seconds_text(usage.system_us()) + " system, at most " +
         std::to_string(usage.max_rss_bytes() / 1024) + " KiB";
}

void add_session_rows(Rows& rows, const v1::SessionInfo& session, const TextStyle& style) {
  const auto row = [&](const char* name, std::string value) { rows.push_back({{name, kBold}, {std::move(value)}}); };
  row("name", escape_text(session.name()));
  row("id", escape_text(session.id()));
  rows.push_back({{"state", kBold}, {std::string(word_for(session.state())), state_color(session)}});
  if (session.has_exit()) row("exit", describe_exit(session.exit()));
  if (session.has_usage()) row("used", usage_text(session.usage()));
  row("command", command_text(session.argv()));
  row("directory", escape_text(session.cwd()));
  row("size", size_text(session.size()) + " (" + std::string(word_for(session.policy())) + ")");
  row("term", escape_text(session.term()));
  row("pid", pid_text(session.pid()));
  row("host pid", pid_text(session.host_pid()));
  if (session.state() == v1::RUNNING)
    row("host's death", session.rehostable() ? "another one takes over" : "would end the session");
  if (session.rehosted() > 0) row("hosts before", std::to_string(session.rehosted()));
  row("labels", labels_text(session));
  row("created", time_text(session.created_ms(), style));
  row("last output", time_text(session.last_output_ms(), style));
  row("output", std::to_string(session.output().from()) + ".." + std::to_string(session.output().to()) +
                    (session.stream_ended() ? " (ended)" : ""));
  row("history", std::to_string(session.history_bytes()) + " bytes");
}

void add_counter_rows(Rows& rows, const v1::InspectReply& reply) {
  const auto& counters = reply.counters();
  rows.push_back(
      {{"counters", kBold},
       {std::to_string(counters.output_bytes()) + " bytes out, " + std::to_string(counters.input_bytes()) +
        " bytes in, " + std::to_string(counters.resizes()) + " resizes, " + std::to_string(counters.resyncs()) +
        " resyncs, " + std::to_string(counters.long_lines()) + " long lines"}});
  if (reply.has_tty()) {
    const auto& tty = reply.tty();
    rows.push_back({{"terminal", kBold},
                    {std::string(tty.canonical() ? "canonical" : "raw") + (tty.echo() ? ", echo" : ", no echo") +
                     (tty.paused() ? ", paused" : "") + ", foreground group " + pid_text(tty.foreground_pgid())}});
  }
}

}  // namespace

std::string age_text(std::uint64_t then_ms, std::uint64_t now_ms) {
  if (then_ms == 0) return "-";
  const std::uint64_t seconds = now_ms > then_ms ? (now_ms - then_ms) / 1000 : 0;
  if (seconds < 60) return std::to_string(seconds) + "s";
  if (seconds < 60 * 60) return std::to_string(seconds / 60) + "m";
  if (seconds < 48 * 60 * 60) return std::to_string(seconds / 3600) + "h";
  return std::to_string(seconds / 86400) + "d";
}

std::string command_text(const google::protobuf::RepeatedPtrField<std::string>& argv) {
  std::string text;
  for (const auto& argument : argv) text += (text.empty() ? "" : " ") + quoted_argument(argument);
  return text;
}

std::string sessions_text(const std::vector<v1::SessionInfo>& sessions, const TextStyle& style) {
  if (sessions.empty()) return "No sessions.\n";
  Rows rows{
      {{"NAME", kBold}, {"STATE", kBold}, {"SIZE", kBold}, {"CLIENTS", kBold}, {"AGE", kBold}, {"COMMAND", kBold}}};
  for (const auto& session : sessions) {
    rows.push_back({{escape_text(session.name())},
                    {state_text(session), state_color(session)},
                    {size_text(session.size())},
                    {std::to_string(session.attachments())},
                    {age_text(session.created_ms(), style.now_ms)},
                    {command_text(session.argv())}});
  }
  return text_table(rows, style.width, style.color);
}

std::string session_names(const std::vector<v1::SessionInfo>& sessions) {
  std::string text;
  for (const auto& session : sessions) text += escape_text(session.name()) + "\n";
  return text;
}

namespace {

std::string recording_text(const v1::RecordingInfo& recording) {
  auto text = escape_text(recording.spec().path()) + ", " + std::to_string(recording.bytes()) + " bytes";
  if (recording.lost() > 0) text += ", " + std::to_string(recording.lost()) + " bytes of output lost";
  if (!recording.active()) text += ", ended: " + escape_text(recording.ended());
  return text;
}

}  // namespace

std::string inspect_text(const v1::InspectReply& reply, const TextStyle& style) {
  Rows rows;
  add_session_rows(rows, reply.session(), style);
  add_counter_rows(rows, reply);
  for (const auto& lease : reply.leases()) rows.push_back({{"lease", kBold}, {lease_text(lease, style.now_ms)}});
  if (reply.has_recording()) rows.push_back({{"recording", kBold}, {recording_text(reply.recording())}});
  std::string text = text_table(rows, style.width, style.color);
  if (reply.attachments().empty()) return text + "\nNobody is attached.\n";
  return text + "\n" + attachment_table(reply, style);
}

std::string status_text(const v1::StatusReply& reply, const TextStyle& style) {
  Rows rows;
  const auto row = [&](const char* name, std::string value) { rows.push_back({{name, kBold}, {std::move(value)}}); };
  row("version", escape_text(reply.server_version()));
  row("pid", pid_text(reply.server_pid()));
  row("started", time_text(reply.started_ms(), style));
  row("socket", escape_text(reply.socket()));
  row("sessions", std::to_string(reply.sessions()) + ", " + std::to_string(reply.running()) + " running");
  row("connections", std::to_string(reply.connections()));
  if (!reply.log_file().empty()) row("log", escape_text(reply.log_file()));
  if (!reply.config_file().empty()) row("config", escape_text(reply.config_file()));
  for (const auto& warning : reply.warnings()) rows.push_back({{"warning", kYellow}, {escape_text(warning)}});
  return text_table(rows, style.width, style.color);
}

std::string doctor_text(const std::vector<DoctorCheck>& checks, const TextStyle& style) {
  Rows rows;
  for (const auto& check : checks) {
    const char* const color = check.outcome == DoctorCheck::Outcome::ok        ? kGreen
                              : check.outcome == DoctorCheck::Outcome::warning ? kYellow
                                                                               : kRed;
    rows.push_back(
        {{std::string(word_for(check.outcome)), color}, {escape_text(check.name)}, {escape_text(check.message)}});
    if (!check.hint.empty()) rows.push_back({{""}, {""}, {"hint: " + escape_text(check.hint)}});
  }
  return text_table(rows, 0, style.color);
}

std::string service_text(const ServiceReport& report) {
  std::string text = escape_text(report.manager) + ": " + escape_text(report.state) + "\n";
  for (const auto& file : report.files) text += "  " + escape_text(file) + "\n";
  return text;
}

}  // namespace ptyd
