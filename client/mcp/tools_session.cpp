// Tools that start, list, size and end sessions.
#include <algorithm>

#include "client/drive/shell_integration.hpp"
#include "client/format/json_reply.hpp"
#include "client/format/signal_name.hpp"
#include "client/mcp/tool.hpp"
#include "common/random.hpp"

namespace ptyd {

namespace {

constexpr std::uint64_t kMaxMs = 24ull * 3600 * 1000;

// Of the daemon's long description, what an agent needs to choose.
void write_brief(JsonWriter& json, const v1::SessionInfo& session) {
  json.begin_object().field("name", std::string_view(session.name())).field("id", std::string_view(session.id()));
  json.field("state", session.state() == v1::RUNNING ? "running" : session.state() == v1::LOST ? "lost" : "ended");
  json.key("command").begin_array();
  for (const auto& argument : session.argv()) json.string(argument);
  json.end_array().field("cwd", std::string_view(session.cwd()));
  json.field("cols", session.size().cols()).field("rows", session.size().rows());
  json.field("attached", session.attachments());
  json.key("offset").offset(session.output().to());
  json.key("labels").begin_object();
  for (const auto& label : session.labels()) json.field(label.key(), std::string_view(label.value()));
  json.end_object();
  if (session.has_exit()) write_exit(json.key("exit"), session.exit());
  json.end_object();
}

std::string brief_json(const v1::SessionInfo& session) {
  return object_json([&](JsonWriter& json) { write_brief(json.key("session"), session); });
}

ToolResult list(ToolDaemon* daemon, Arguments arguments) {
  v1::ListRequest request;
  request.set_all(arguments.flag("all"));
  for (const auto& [key, value] : arguments.pairs("labels")) {
    auto* label = request.add_labels();
    label->set_key(key);
    label->set_value(value);
  }
  if (auto fine = arguments.error(); !fine) co_return fine.error();
  std::vector<v1::SessionInfo> sessions;
  for (;;) {
    const auto reply = co_await daemon->ask(request);
    if (!reply) co_return reply.error();
    sessions.insert(sessions.end(), reply->sessions().begin(), reply->sessions().end());
    if (!reply->truncated() || reply->sessions().empty()) break;
    request.set_after(sessions.back().id());
  }
  ToolAnswer answer;
  answer.json = object_json([&](JsonWriter& json) {
    json.key("sessions").begin_array();
    for (const auto& session : sessions) write_brief(json, session);
    json.end_array();
  });
  co_return answer;
}

void set_environment(v1::CreateRequest& request, const ToolDaemon& daemon,
                     const std::vector<std::pair<std::string, std::string>>& more) {
  auto variables = daemon.environment();
  for (const auto& [name, value] : more) {
    std::erase_if(variables, [&name = name](const auto& entry) { return entry.first == name; });
    variables.emplace_back(name, value);
  }
  for (const auto& [name, value] : variables) {
    auto* variable = request.add_env();
    variable->set_name(name);
    variable->set_value(value);
  }
}

std::string variable(const ToolDaemon& daemon, std::string_view wanted) {
  for (const auto& [name, value] : daemon.environment())
    if (name == wanted) return value;
  return {};
}

ToolResult start(ToolDaemon* daemon, Arguments arguments) {
  v1::CreateRequest request;
  // The same id twice is the same session: the request may be sent again.
  const auto id = random_bytes16();
  request.set_id(std::string(id.begin(), id.end()));
  request.set_name(arguments.maybe_text("name").value_or(""));
  for (const auto& word : arguments.texts("command")) request.add_argv(word);
  request.set_cwd(arguments.maybe_text("cwd").value_or(daemon->folder()));
  request.mutable_size()->set_cols(static_cast<std::uint32_t>(arguments.number("cols", 1, 10'000).value_or(120)));
  request.mutable_size()->set_rows(static_cast<std::uint32_t>(arguments.number("rows", 1, 10'000).value_or(40)));
  set_environment(request, *daemon, arguments.pairs("env"));
  for (const auto& [key, value] : arguments.pairs("labels")) {
    auto* label = request.add_labels();
    label->set_key(key);
    label->set_value(value);
  }
  const bool integrated = arguments.flag("shell_integration");
  if (auto fine = arguments.error(); !fine) co_return fine.error();
  if (integrated) {
    if (daemon->environment().empty())
      co_return Error{errc::invalid_argument, "shell_integration can't be used with another machine's daemon"};
    if (auto fine = integrate_shell(request, variable(*daemon, "SHELL")); !fine) co_return fine.error();
  }
  const auto reply = co_await daemon->ask(std::move(request));
  if (!reply) co_return reply.error();
  co_return ToolAnswer{brief_json(reply->session()), {}};
}

ToolResult resize(ToolDaemon* daemon, Arguments arguments) {
  v1::ResizeRequest request;
  request.set_session(arguments.text("session"));
  request.set_lease(arguments.lease());
  request.mutable_size()->set_cols(static_cast<std::uint32_t>(arguments.number("cols", 1, 10'000).value_or(0)));
  request.mutable_size()->set_rows(static_cast<std::uint32_t>(arguments.number("rows", 1, 10'000).value_or(0)));
  if (auto fine = arguments.error(); !fine) co_return fine.error();
  const auto reply = co_await daemon->ask(std::move(request));
  if (!reply) co_return reply.error();
  ToolAnswer answer;
  answer.json = object_json(
      [&](JsonWriter& json) { json.field("cols", reply->size().cols()).field("rows", reply->size().rows()); });
  co_return answer;
}

ToolResult wait_exit(ToolDaemon* daemon, Arguments arguments) {
  v1::WaitRequest request;
  request.add_sessions(arguments.text("session"));
  const auto limit = std::chrono::milliseconds(arguments.number("timeout_ms", 1, kMaxMs).value_or(30'000));
  if (auto fine = arguments.error(); !fine) co_return fine.error();
  const auto reply = co_await daemon->ask(std::move(request), limit);
  const bool runs = !reply && reply.error().code == errc::deadline_exceeded;
  if (!reply && !runs) co_return reply.error();
  ToolAnswer answer;
  answer.json = object_json([&](JsonWriter& json) {
    json.field("ended", !runs);
    if (!runs) write_brief(json.key("session"), reply->sessions(0));
  });
  co_return answer;
}

ToolResult send_signal(ToolDaemon* daemon, Arguments arguments) {
  v1::SignalRequest request;
  request.set_session(arguments.text("session"));
  const auto number = parse_signal(arguments.text("signal"));
  request.set_foreground(arguments.flag("foreground"));
  request.set_tree(arguments.flag("tree"));
  if (auto fine = arguments.error(); !fine) co_return fine.error();
  if (!number) co_return number.error();
  request.set_signal(*number);
  const auto reply = co_await daemon->tell(std::move(request));
  if (!reply) co_return reply.error();
  co_return ToolAnswer{"{}", "sent"};
}

ToolResult kill(ToolDaemon* daemon, Arguments arguments) {
  v1::KillRequest request;
  request.set_session(arguments.text("session"));
  request.set_force(arguments.flag("force"));
  if (const auto grace = arguments.number("grace_ms", 0, kMaxMs)) request.set_grace_ms(*grace);
  if (auto fine = arguments.error(); !fine) co_return fine.error();
  const auto limit = Client::kDefaultDeadline + std::chrono::milliseconds(request.grace_ms());
  const auto reply = co_await daemon->ask(std::move(request), limit);
  if (!reply) co_return reply.error();
  ToolAnswer answer;
  answer.json = object_json([&](JsonWriter& json) { write_exit(json.key("exit"), reply->exit()); });
  co_return answer;
}

ToolResult forget(ToolDaemon* daemon, Arguments arguments) {
  v1::RemoveRequest request;
  request.set_session(arguments.text("session"));
  if (auto fine = arguments.error(); !fine) co_return fine.error();
  const auto reply = co_await daemon->tell(std::move(request));
  if (!reply) co_return reply.error();
  co_return ToolAnswer{"{}", "forgotten"};
}

}  // namespace

std::vector<Tool> session_tools() {
  return {
      {"session_list", "List sessions", "Lists the sessions that run, or with all those that are remembered, too.",
       R"({"type":"object","properties":{"all":{"type":"boolean"},"labels":{"type":"object","additionalProperties":{"type":"string"},"description":"only sessions with all of these"}},"additionalProperties":false})",
       true, false, list},
      {"session_start", "Start a session",
       "Starts a program in a new terminal session that goes on when nobody looks. Without command it is the user's "
       "shell.",
       R"({"type":"object","properties":{"name":{"type":"string","description":"letters, digits and ._-; chosen when absent"},"command":{"type":"array","items":{"type":"string"},"description":"the program and its arguments; no shell reads them"},"cwd":{"type":"string","description":"absolute path; default: where this server runs"},"env":{"type":"object","additionalProperties":{"type":"string"},"description":"more variables"},"labels":{"type":"object","additionalProperties":{"type":"string"}},"shell_integration":{"type":"boolean","description":"the shell (bash, zsh, fish, PowerShell) tells of its prompts and commands, for run_command, commands and wait"},"cols":{"type":"integer","minimum":1,"maximum":10000,"description":"default: 120"},"rows":{"type":"integer","minimum":1,"maximum":10000,"description":"default: 40"}},"additionalProperties":false})",
       false, false, start},
      {"resize", "Resize a session", "Sets the size of the session's window.",
       R"({"type":"object","properties":{"session":{"type":"string"},"cols":{"type":"integer","minimum":1,"maximum":10000},"rows":{"type":"integer","minimum":1,"maximum":10000},"lease":{"type":"string","description":"what claim gave"}},"required":["session","cols","rows"],"additionalProperties":false})",
       false, false, resize},
      {"wait_exit", "Wait for the end",
       "Waits until the session's program has ended and all its output is there, at most timeout_ms. Also works when "
       "it "
       "has ended already; then `exit` has its status.",
       R"({"type":"object","properties":{"session":{"type":"string"},"timeout_ms":{"type":"integer","minimum":1,"description":"default: 30000"}},"required":["session"],"additionalProperties":false})",
       true, false, wait_exit},
      {"signal", "Send a signal", "Sends a signal, like INT or TERM, to the session's program.",
       R"({"type":"object","properties":{"session":{"type":"string"},"signal":{"type":"string"},"foreground":{"type":"boolean","description":"to what runs in the foreground of its terminal instead"},"tree":{"type":"boolean","description":"to all that was started in the session"}},"required":["session","signal"],"additionalProperties":false})",
       false, true, send_signal},
      {"kill", "End a session", "Hangs up, waits grace_ms, then forces. Answers when the program is gone.",
       R"({"type":"object","properties":{"session":{"type":"string"},"force":{"type":"boolean","description":"at once"},"grace_ms":{"type":"integer","minimum":0,"description":"default: 5000"}},"required":["session"],"additionalProperties":false})",
       false, true, kill},
      {"forget", "Forget an ended session", "Drops an ended session with its output and its exit status.",
       R"({"type":"object","properties":{"session":{"type":"string"}},"required":["session"],"additionalProperties":false})",
       false, true, forget},
  };
}

}  // namespace ptyd
