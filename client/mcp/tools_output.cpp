// Tools that read screens and output.
#include <algorithm>

#include "client/format/screen_reply.hpp"
#include "client/mcp/tool.hpp"
#include "common/plain_text.hpp"

namespace ptyd {

namespace {

constexpr std::uint64_t kUsualBytes = 16 * 1024;
constexpr std::uint64_t kMostBytes = 64 * 1024;

ToolResult structured_screen(ToolDaemon* daemon, v1::ScreenRequest request) {
  request.set_format(v1::STRUCTURED);
  const auto reply = co_await daemon->ask(std::move(request));
  if (!reply) co_return reply.error();
  co_return ToolAnswer{reply->unchanged() ? screen_hash_json(*reply) : screen_json(*reply), {}};
}

ToolResult screen(ToolDaemon* daemon, Arguments arguments) {
  v1::ScreenRequest request;
  request.set_session(arguments.text("session"));
  request.set_since_hash(arguments.maybe_text("since_hash").value_or(""));
  request.set_scrollback_rows(static_cast<std::uint32_t>(arguments.number("scrollback", 0, 100'000).value_or(0)));
  const auto format = arguments.maybe_text("format").value_or("text");
  if (auto fine = arguments.error(); !fine) co_return fine.error();
  if (format == "json") co_return co_await structured_screen(daemon, std::move(request));
  if (format != "text") co_return Error{errc::invalid_argument, "format must be text or json"};
  request.set_format(v1::TEXT);
  const auto reply = co_await daemon->ask(std::move(request));
  if (!reply) co_return reply.error();
  // Rows that are empty to the end say nothing.
  auto text = reply->data();
  while (text.ends_with("\n\n")) text.pop_back();
  ToolAnswer answer;
  answer.json = object_json([&](JsonWriter& json) {
    json.field("hash", std::string_view(reply->hash())).key("generation").offset(reply->generation());
    json.key("offset").offset(reply->offset()).field("unchanged", reply->unchanged());
    json.field("approximate", reply->approximate()).field("truncated", reply->truncated());
    json.field("cols", reply->size().cols()).field("rows", reply->size().rows());
    if (!reply->unchanged()) json.field("text", std::string_view(text));
  });
  co_return answer;
}

ToolResult read_output(ToolDaemon* daemon, Arguments arguments) {
  v1::HistoryRequest request;
  request.set_session(arguments.text("session"));
  const auto from = arguments.offset("from");
  const auto lines = arguments.number("tail_lines", 1, 100'000);
  request.set_max_bytes(arguments.number("max_bytes", 1, kMostBytes).value_or(kUsualBytes));
  const bool raw = arguments.flag("raw");
  if (auto fine = arguments.error(); !fine) co_return fine.error();
  if (from && lines) co_return Error{errc::invalid_argument, "from and tail_lines can't be used together"};
  if (from) request.set_from_offset(*from);
  if (lines) request.set_tail_lines(static_cast<std::uint32_t>(*lines));
  auto reply = co_await daemon->ask(request);
  std::uint64_t lost = 0;
  if (!reply && reply.error().code == errc::out_of_range && from && *from < reply.error().have_from) {
    lost = reply.error().have_from - *from;
    request.set_from_offset(reply.error().have_from);
    reply = co_await daemon->ask(request);
  }
  if (!reply) co_return reply.error();
  const std::string_view data = reply->data();
  const auto next = reply->offset() + data.size();
  PlainTextFilter filter;
  std::string plain;
  if (!raw) plain = filter.feed(data) + (reply->end() ? std::string() : filter.finish());
  ToolAnswer answer;
  answer.json = object_json([&](JsonWriter& json) {
    json.key("from").offset(reply->offset()).key("next").offset(next).field("more", !reply->end());
    json.key("lost").offset(lost).key("available_to").offset(reply->available().to());
    if (raw)
      json.bytes_field(data);
    else
      json.field("text", std::string_view(plain));
  });
  co_return answer;
}

ToolResult search(ToolDaemon* daemon, Arguments arguments) {
  v1::SearchRequest request;
  request.set_session(arguments.text("session"));
  request.set_pattern(arguments.text("pattern"));
  request.set_fixed(arguments.flag("fixed"));
  request.set_ignore_case(arguments.flag("ignore_case"));
  request.set_max_matches(static_cast<std::uint32_t>(arguments.number("max", 1, 1000).value_or(50)));
  request.set_context(static_cast<std::uint32_t>(arguments.number("context", 0, 50).value_or(0)));
  if (auto fine = arguments.error(); !fine) co_return fine.error();
  auto reply = co_await daemon->ask(std::move(request));
  if (!reply) co_return reply.error();
  Findings findings;
  findings.matches.assign(reply->matches().rbegin(), reply->matches().rend());
  findings.truncated = reply->truncated();
  findings.offset = reply->offset();
  findings.approximate = reply->approximate();
  co_return ToolAnswer{search_json(findings), {}};
}

}  // namespace

std::vector<Tool> output_tools() {
  return {
      {"screen", "Look at the screen",
       "What the session's screen shows now, as text, or as json with colors, cursor, title and what the shell told. "
       "Give the last hash as since_hash to be told just `unchanged`.",
       R"({"type":"object","properties":{"session":{"type":"string"},"format":{"enum":["text","json"]},"since_hash":{"type":"string"},"scrollback":{"type":"integer","minimum":0,"description":"so many rows above the screen, too"}},"required":["session"],"additionalProperties":false})",
       true, false, screen},
      {"read_output", "Read output",
       "Past output as plain text, from an offset or the last lines. Go on at `next`; `more` says whether there is some. "
       "`lost` counts bytes that are not kept any more.",
       R"({"type":"object","properties":{"session":{"type":"string"},"from":{"type":["string","integer"],"description":"an offset; default: the oldest"},"tail_lines":{"type":"integer","minimum":1},"max_bytes":{"type":"integer","minimum":1,"maximum":65536,"description":"default: 16384"},"raw":{"type":"boolean","description":"the program's own bytes, escape sequences and all"}},"required":["session"],"additionalProperties":false})",
       true, false, read_output},
      {"search", "Search", "Finds lines of screen and scrollback by a regular expression in RE2's syntax.",
       R"({"type":"object","properties":{"session":{"type":"string"},"pattern":{"type":"string"},"fixed":{"type":"boolean","description":"the pattern is plain text"},"ignore_case":{"type":"boolean"},"max":{"type":"integer","minimum":1,"maximum":1000,"description":"only the newest; default: 50"},"context":{"type":"integer","minimum":0,"maximum":50}},"required":["session","pattern"],"additionalProperties":false})",
       true, false, search},
  };
}

}  // namespace ptyd
