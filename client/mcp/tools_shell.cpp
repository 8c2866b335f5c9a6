// Tools for shells that tell of their commands.
#include <algorithm>
#include <utility>

#include "client/drive/logged_commands.hpp"
#include "client/drive/shell_command.hpp"
#include "client/format/command_reply.hpp"
#include "client/mcp/tool.hpp"
#include "common/plain_text.hpp"

namespace ptyd {

namespace {

constexpr std::uint64_t kMaxMs = 24ULL * 3600 * 1000;
constexpr std::uint64_t kUsualMs = 120'000;
constexpr std::uint64_t kUsualBytes = 16 * 1024;
constexpr std::uint64_t kMostBytes = 64 * 1024;

struct Output {
  std::string bytes;
  std::uint64_t from = 0;  // of the bytes
};

// The end of what a command wrote: failures stand there.
boost::asio::awaitable<Result<Output>> last_output(ToolDaemon* daemon, std::string session, v1::Command command,
                                                   std::uint64_t most) {
  const auto to = command.output().to();
  Output output;
  output.from = std::max(command.output().from(), to - std::min(to, most));
  v1::HistoryRequest request;
  request.set_session(session);
  for (;;) {
    const auto next = output.from + output.bytes.size();
    if (next >= to) co_return output;
    request.set_from_offset(next);
    request.set_max_bytes(std::min(to - next, kMostBytes));
    const auto reply = co_await daemon->ask(request);
    if (!reply && reply.error().code == errc::out_of_range && reply.error().have_from > next) {
      output = {{}, std::min(reply.error().have_from, to)};
      continue;
    }
    if (!reply) co_return reply.error();
    if (reply->data().empty()) co_return output;
    output.bytes += reply->data();
  }
}

ToolResult run_command(ToolDaemon* daemon, Arguments arguments) {
  ShellCommand command;
  command.session = arguments.text("session");
  command.command = {arguments.text("command")};
  command.lease = arguments.lease();
  const auto limit = std::chrono::milliseconds(arguments.number("timeout_ms", 1, kMaxMs).value_or(kUsualMs));
  const auto most = arguments.number("max_bytes", 1, kMostBytes).value_or(kUsualBytes);
  if (auto fine = arguments.error(); !fine) co_return fine.error();
  const auto session = command.session;
  // A call that is given up must not go on holding the input.
  auto client = co_await daemon->own_client();
  if (!client) co_return client.error();
  const auto ran = co_await run_in_shell(*client, std::move(command), std::chrono::steady_clock::now() + limit);
  daemon->give_back(std::move(*client));
  if (!ran && ran.error().code == errc::deadline_exceeded) {
    auto error = ran.error();
    error.hint = "the command goes on: wait with command true, look with screen, or press C-c with send_keys";
    co_return error;
  }
  if (!ran) co_return ran.error();
  const auto output = co_await last_output(daemon, session, *ran, most);
  if (!output) co_return output.error();
  PlainTextFilter filter;
  const auto text = filter.feed(output->bytes) + filter.finish();
  ToolAnswer answer;
  answer.json = object_json([&](JsonWriter& json) {
    json.key("exit_code");
    ran->has_exit_code() ? json.integer(ran->exit_code()) : json.null();
    json.key("number").offset(ran->number()).key("from").offset(ran->output().from());
    json.key("to").offset(ran->output().to()).key("omitted").offset(output->from - ran->output().from());
    json.field("output", std::string_view(text));
  });
  co_return answer;
}

ToolResult commands(ToolDaemon* daemon, Arguments arguments) {
  const auto session = arguments.text("session");
  const auto tail = arguments.number("tail", 1, 1000).value_or(20);
  if (auto fine = arguments.error(); !fine) co_return fine.error();
  auto client = co_await daemon->client();
  if (!client) co_return client.error();
  const auto list =
      co_await list_commands(*client, session, static_cast<std::uint32_t>(tail), Client::kDefaultDeadline);
  if (!list) co_return list.error();
  co_return ToolAnswer{commands_json(*list), {}};
}

}  // namespace

std::vector<Tool> shell_tools() {
  return {
      {"run_command", "Run a command in a shell",
       "Types a command line at the prompt of the session's shell, waits for its end, and gives its exit code and its "
       "own output, without prompt and echo; of long output the last max_bytes (read_output has the rest, from `from`). "
       "The session must be a shell that tells of its prompts: session_start with shell_integration. Fails with busy "
       "while it runs something else, or somebody else holds the input. Meanwhile nobody else types, but for a person at "
       "a terminal; for a command that asks, claim first, and give lease to this tool and to the one that answers.",
       R"({"type":"object","properties":{"session":{"type":"string"},"command":{"type":"string","description":"a line for the shell, or several"},"timeout_ms":{"type":"integer","minimum":1,"description":"default: 120000"},"max_bytes":{"type":"integer","minimum":1,"maximum":65536,"description":"default: 16384"},"lease":{"type":"string","description":"what claim gave"}},"required":["session","command"],"additionalProperties":false})",
       false, true, run_command},
      {"commands", "List commands",
       "What was run in the session's shell, the oldest first: line, exit code, times, folder, and from which offset "
       "to which its output is, for read_output.",
       R"({"type":"object","properties":{"session":{"type":"string"},"tail":{"type":"integer","minimum":1,"maximum":1000,"description":"the last N; default: 20"}},"required":["session"],"additionalProperties":false})",
       true, false, commands},
  };
}

}  // namespace ptyd
