// Tools that wait for what happens in a session.
#include <utility>

#include "client/format/json_reply.hpp"
#include "client/mcp/tool.hpp"

namespace ptyd {

namespace {

constexpr std::uint64_t kMaxMs = 24ULL * 3600 * 1000;
constexpr std::uint64_t kUsualMs = 30'000;
// What may be shown of the screen beside the rest.
constexpr std::size_t kMostText = 64 * 1024;

// What is typed first waits for its answer: it is not quiet before one came.
void add_still(v1::WaitRequest& request, v1::WaitKind kind, std::optional<std::uint64_t> ms, std::uint64_t min_bytes) {
  if (!ms) return;
  auto& condition = *request.add_conditions();
  condition.set_kind(kind);
  condition.set_for_ms(*ms);
  condition.set_min_bytes(min_bytes);
}

void add_text(v1::WaitRequest& request, v1::WaitKind kind, const std::optional<std::string>& text) {
  if (!text) return;
  auto& condition = *request.add_conditions();
  condition.set_kind(kind);
  condition.set_text(*text);
}

void add_typed(v1::WaitRequest& request, Arguments& arguments) {
  auto text = arguments.maybe_text("send_text");
  const auto keys = arguments.texts("send_keys");
  const bool enter = arguments.flag("enter");
  const auto if_screen = arguments.maybe_text("if_screen");
  const auto if_match = arguments.maybe_text("if_match");
  auto lease = arguments.lease();
  if (!text && keys.empty() && !enter) return;
  auto& send = *request.mutable_send();
  if (text || enter) send.set_data(text.value_or("") + (enter ? "\r" : ""));
  for (const auto& key : keys) send.add_keys(key);
  send.set_if_screen(if_screen.value_or(""));
  send.set_if_match(if_match.value_or(""));
  send.set_lease(std::move(lease));
}

Result<v1::WaitRequest> wait_request(Arguments& arguments) {
  v1::WaitRequest request;
  request.add_sessions(arguments.text("session"));
  request.set_any(!arguments.flag("all"));
  add_typed(request, arguments);
  if (const auto from = arguments.offset("from")) request.set_from_offset(*from);
  add_text(request, v1::WAIT_TEXT, arguments.maybe_text("text"));
  add_text(request, v1::WAIT_MATCH, arguments.maybe_text("match"));
  add_text(request, v1::WAIT_CHANGED, arguments.maybe_text("changed"));
  const auto min_bytes = arguments.number("min_bytes", 0, UINT32_MAX).value_or(request.has_send() ? 1 : 0);
  add_still(request, v1::WAIT_QUIET, arguments.number("quiet_ms", 1, kMaxMs), min_bytes);
  add_still(request, v1::WAIT_SETTLED, arguments.number("settled_ms", 1, kMaxMs), min_bytes);
  for (const auto& [name, kind] : {std::pair{"command", v1::WAIT_COMMAND}, std::pair{"exit", v1::WAIT_EXIT},
                                   std::pair{"attached", v1::WAIT_ATTACHED}})
    if (arguments.flag(name)) request.add_conditions()->set_kind(kind);
  return request;
}

const char* word_for(v1::WaitKind kind) {
  switch (kind) {
    case v1::WAIT_TEXT: return "text";
    case v1::WAIT_MATCH: return "match";
    case v1::WAIT_QUIET: return "quiet";
    case v1::WAIT_SETTLED: return "settled";
    case v1::WAIT_CHANGED: return "changed";
    case v1::WAIT_COMMAND: return "command";
    case v1::WAIT_EXIT: return "exit";
    case v1::WAIT_ATTACHED: return "attached";
    default: return "unknown";
  }
}

void write_results(JsonWriter& json, const v1::WaitRequest& request, const v1::WaitReply& reply) {
  json.key("results").begin_array();
  for (const auto& result : reply.results()) {
    const auto index = static_cast<int>(result.condition());
    json.begin_object();
    json.field("condition", index < request.conditions_size() ? word_for(request.conditions(index).kind()) : "exit");
    json.key("offset").offset(result.offset());
    if (!result.text().empty()) json.field("text", std::string_view(result.text()));
    if (!result.line().empty()) json.field("line", std::string_view(result.line()));
    if (result.has_exit_code()) json.key("exit_code").integer(result.exit_code());
    if (result.incomplete()) json.field("incomplete", true);
    json.end_object();
  }
  json.end_array();
}

void write_screen(JsonWriter& json, const v1::ScreenReply& screen) {
  auto text = screen.data();
  while (text.ends_with("\n\n")) text.pop_back();
  const bool cut = text.size() > kMostText;
  if (cut) text.resize(kMostText);
  json.key("screen").begin_object().field("hash", std::string_view(screen.hash()));
  json.key("offset").offset(screen.offset()).field("truncated", screen.truncated() || cut);
  json.field("text", std::string_view(text)).end_object();
}

// Over: the reply, or what the screen shows instead.
ToolAnswer wait_answer(const v1::WaitRequest& request, const v1::WaitReply& reply, const char* outcome) {
  ToolAnswer answer;
  answer.json = object_json([&](JsonWriter& json) {
    json.field("outcome", outcome);
    write_results(json, request, reply);
    if (reply.has_send()) json.key("accepted").offset(reply.send().accepted());
    if (reply.sessions_size() > 0 && reply.sessions(0).has_exit())
      write_exit(json.key("exit"), reply.sessions(0).exit());
    if (reply.has_screen()) write_screen(json, reply.screen());
  });
  return answer;
}

ToolResult wait(ToolDaemon* daemon, Arguments arguments) {
  auto request = wait_request(arguments);
  const auto limit = std::chrono::milliseconds(arguments.number("timeout_ms", 1, kMaxMs).value_or(kUsualMs));
  if (auto fine = arguments.error(); !fine) co_return fine.error();
  if (request->conditions_size() == 0)
    co_return Error{
        errc::invalid_argument,
        "there is nothing to wait for: name text, match, quiet_ms, settled_ms, changed, command, exit or attached"};
  if (request->send().keys_size() > 0 && !request->send().data().empty())
    co_return Error{errc::invalid_argument, "send_keys can't be used with send_text or enter"};
  request->mutable_screen()->set_format(v1::TEXT);
  // What is typed is typed once.
  Result<v1::WaitReply> reply = Error{errc::internal, "not asked"};
  if (request->has_send())
    reply = co_await daemon->tell(*request, limit);
  else
    reply = co_await daemon->ask(*request, limit);
  if (reply) co_return wait_answer(*request, *reply, reply->outcome() == v1::WAIT_HELD ? "held" : "ended");
  if (reply.error().code != errc::deadline_exceeded) co_return reply.error();
  v1::ScreenRequest look = request->screen();
  look.set_session(request->sessions(0));
  auto screen = co_await daemon->ask(std::move(look));
  if (!screen) co_return screen.error();
  v1::WaitReply shown;
  *shown.mutable_screen() = std::move(*screen);
  co_return wait_answer(*request, shown, "timeout");
}

}  // namespace

std::vector<Tool> waiting_tools() {
  return {
      {"wait", "Wait for something",
       "Waits in the daemon until one of the conditions holds (with all: each of them), at most timeout_ms, and shows "
       "the screen then. `outcome` is held, timeout, or ended when the session ended before. With send_text or "
       "send_keys it types first, and only what is written after that counts; with from only what was written from that "
       "offset on; with neither, text that is on the screen already counts. Give the offset of a result as from to go on "
       "behind it.",
       R"({"type":"object","properties":{"session":{"type":"string"},"text":{"type":"string","description":"a line has this text"},"match":{"type":"string","description":"a line matches; RE2"},"quiet_ms":{"type":"integer","minimum":1,"description":"no output for so long"},"settled_ms":{"type":"integer","minimum":1,"description":"the screen looked the same for so long"},"min_bytes":{"type":"integer","minimum":0,"description":"quiet and settled: not before so much output; default: 1 behind what is sent, else 0"},"changed":{"type":"string","description":"the screen has another hash than this"},"command":{"type":"boolean","description":"a shell with integration tells the end of a command"},"exit":{"type":"boolean","description":"the program has ended"},"attached":{"type":"boolean","description":"somebody is attached"},"all":{"type":"boolean"},"from":{"type":["string","integer"],"description":"an offset"},"timeout_ms":{"type":"integer","minimum":1,"description":"default: 30000"},"send_text":{"type":"string"},"enter":{"type":"boolean","description":"press Enter behind it"},"send_keys":{"type":"array","items":{"type":"string"},"minItems":1},"if_screen":{"type":"string","description":"type only if the screen still has this hash"},"if_match":{"type":"string","description":"type only if a line of the screen matches; RE2"},"lease":{"type":"string","description":"what claim gave"}},"required":["session"],"additionalProperties":false})",
       false, true, wait},
  };
}

}  // namespace ptyd
