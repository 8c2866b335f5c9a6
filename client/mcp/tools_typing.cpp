// Tools that type.
#include <utility>

#include "client/mcp/tool.hpp"

namespace ptyd {

namespace {

// Nothing is typed unless they hold.
void read_guards(Arguments& arguments, v1::SendRequest& request) {
  request.set_if_screen(arguments.maybe_text("if_screen").value_or(""));
  request.set_if_match(arguments.maybe_text("if_match").value_or(""));
}

// Typed once: a lost answer is not asked for again.
ToolResult type(ToolDaemon* daemon, v1::SendRequest request) {
  const auto reply = co_await daemon->tell(std::move(request));
  if (!reply) co_return reply.error();
  ToolAnswer answer;
  answer.json = object_json([&](JsonWriter& json) {
    json.key("accepted").offset(reply->accepted());
    if (reply->line_limit() > 0) json.field("line_was_cut_at", reply->line_limit());
  });
  co_return answer;
}

ToolResult send_text(ToolDaemon* daemon, Arguments arguments) {
  v1::SendRequest request;
  request.set_session(arguments.text("session"));
  request.set_lease(arguments.lease());
  auto text = arguments.text("text");
  const bool enter = arguments.flag("enter");
  const bool paste = arguments.flag("paste");
  read_guards(arguments, request);
  if (auto fine = arguments.error(); !fine) co_return fine.error();
  if (enter && paste) co_return Error{errc::invalid_argument, "enter and paste can't be used together"};
  // What the Enter key sends.
  if (enter) text += '\r';
  request.set_paste(paste);
  request.set_data(std::move(text));
  co_return co_await type(daemon, std::move(request));
}

ToolResult send_keys(ToolDaemon* daemon, Arguments arguments) {
  v1::SendRequest request;
  request.set_session(arguments.text("session"));
  request.set_lease(arguments.lease());
  for (const auto& key : arguments.texts("keys")) request.add_keys(key);
  read_guards(arguments, request);
  if (auto fine = arguments.error(); !fine) co_return fine.error();
  if (request.keys_size() == 0) co_return Error{errc::invalid_argument, "keys is empty"};
  co_return co_await type(daemon, std::move(request));
}

}  // namespace

std::vector<Tool> typing_tools() {
  return {
      {"send_text", "Type text",
       "Types text into the session, as it is; with enter, Enter is pressed behind it. paste marks it as pasted where "
       "the program asked for that, so that an editor or shell does not run it line by line. With a guard nothing is "
       "typed "
       "if the screen is not as you think; the error then says guard.",
       R"({"type":"object","properties":{"session":{"type":"string"},"text":{"type":"string"},"enter":{"type":"boolean"},"paste":{"type":"boolean"},"if_screen":{"type":"string","description":"only if the screen still has this hash"},"if_match":{"type":"string","description":"only if a line of the screen matches; RE2"},"lease":{"type":"string","description":"what claim gave"}},"required":["session","text"],"additionalProperties":false})",
       false, true, send_text},
      {"send_keys", "Press keys",
       "Presses keys by tmux's names, such as C-c, Enter, Escape, Up, F5 or M-x, encoded as the program wants them.",
       R"({"type":"object","properties":{"session":{"type":"string"},"keys":{"type":"array","items":{"type":"string"},"minItems":1},"if_screen":{"type":"string","description":"only if the screen still has this hash"},"if_match":{"type":"string","description":"only if a line of the screen matches; RE2"},"lease":{"type":"string","description":"what claim gave"}},"required":["session","keys"],"additionalProperties":false})",
       false, true, send_keys},
  };
}

}  // namespace ptyd
