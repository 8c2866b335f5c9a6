// Small verbs that answer within two seconds, whatever the daemon does.
#include <algorithm>

#include "client/commands/commands.hpp"
#include "client/commands/quick_connect.hpp"
#include "common/escape.hpp"
#include "ptyd/version.hpp"

namespace ptyd {

namespace asio = boost::asio;

asio::awaitable<Result<std::shared_ptr<Client>>> quick_connect(CommandContext* context) {
  if (context->remote()) return context->connect(Autostart::no);
  auto options = context->client_options(Autostart::no);
  options.deadline = context->deadline(kQuickDeadline);
  return Client::connect(context->executor(), options);
}

CommandResult run_ping(CommandContext* context, PingOptions) {
  const auto client = co_await quick_connect(context);
  if (!client) co_return context->fail(client.error());
  const auto before = std::chrono::steady_clock::now();
  v1::StatusRequest request;
  const auto reply = co_await (*client)->call(request, context->deadline(kQuickDeadline / 3));
  if (!reply) co_return context->fail(reply.error());
  const auto round_trip =
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - before);
  if (context->json()) {
    context->print_json(ping_json(static_cast<std::uint64_t>(round_trip.count()), (*client)->welcome()));
  } else {
    context->print("ptyd " + escape_text(reply->server_version()) + ", process " + std::to_string(reply->server_pid()) +
                   ": " + std::to_string(round_trip.count()) + " us\n");
  }
  co_return to_int(ExitCode::done);
}

CommandResult run_version(CommandContext* context, VersionOptions) {
  const auto client = co_await quick_connect(context);
  std::optional<v1::Welcome> daemon;
  if (client) daemon = (*client)->welcome();
  if (context->json()) {
    context->print_json(version_json(kVersion, daemon));
  } else {
    context->print("ptyctl " + std::string(kVersion) + "\n");
    context->print(daemon ? "ptyd " + escape_text(daemon->server_version()) + "\n" : "ptyd does not run\n");
  }
  co_return to_int(ExitCode::done);
}

CommandResult run_completions(CommandContext* context, CompletionsOptions options) {
  context->print(completion_script(options.shell));
  co_return to_int(ExitCode::done);
}

}  // namespace ptyd
