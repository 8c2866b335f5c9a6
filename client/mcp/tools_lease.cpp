// Tools that keep others from typing.
#include <utility>

#include "client/format/lease_reply.hpp"
#include "client/mcp/tool.hpp"

namespace ptyd {

namespace {

constexpr std::uint64_t kLongestMs = 24ull * 3600 * 1000;
constexpr std::uint64_t kUsualMs = 5ull * 60 * 1000;

ToolResult claim(ToolDaemon* daemon, Arguments arguments) {
  v1::ClaimRequest request;
  request.set_session(arguments.text("session"));
  request.set_kind(v1::INPUT_LEASE);
  request.set_ttl_ms(arguments.number("ttl_ms", 1, kLongestMs).value_or(kUsualMs));
  request.set_steal(arguments.flag("steal"));
  request.set_lease(arguments.lease());
  if (auto fine = arguments.error(); !fine) co_return fine.error();
  const auto reply = co_await daemon->tell(std::move(request));
  if (!reply) co_return reply.error();
  ToolAnswer answer;
  answer.json = object_json([&](JsonWriter& json) {
    json.field("lease", std::string_view(hex_text(reply->lease())));
    json.time_fields("expires", reply->info().expires_ms());
  });
  co_return answer;
}

ToolResult release(ToolDaemon* daemon, Arguments arguments) {
  v1::ReleaseRequest request;
  request.set_session(arguments.text("session"));
  request.set_kind(v1::INPUT_LEASE);
  request.set_lease(arguments.lease());
  if (auto fine = arguments.error(); !fine) co_return fine.error();
  const auto reply = co_await daemon->ask(std::move(request));
  if (!reply) co_return reply.error();
  ToolAnswer answer;
  answer.json = object_json([&](JsonWriter& json) { json.field("released", reply->released()); });
  co_return answer;
}

}  // namespace

std::vector<Tool> lease_tools() {
  return {
      {"claim", "Keep others from typing",
       "Takes the sole right to type into the session for ttl_ms. Others are refused with busy until it is released, "
       "but a "
       "person at a terminal takes over by typing. Give `lease` to the tools that type: they then refuse when it is "
       "over. "
       "With lease, holds on to it.",
       R"({"type":"object","properties":{"session":{"type":"string"},"ttl_ms":{"type":"integer","minimum":1,"maximum":86400000,"description":"default: 300000"},"steal":{"type":"boolean","description":"also when somebody else holds it"},"lease":{"type":"string","description":"what claim gave"}},"required":["session"],"additionalProperties":false})",
       false, false, claim},
      {"release", "Let others type again", "Gives back what claim took.",
       R"({"type":"object","properties":{"session":{"type":"string"},"lease":{"type":"string","description":"what claim gave"}},"required":["session"],"additionalProperties":false})",
       false, false, release},
  };
}

}  // namespace ptyd
