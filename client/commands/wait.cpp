#include "client/commands/commands.hpp"
#include "client/commands/find_sessions.hpp"
#include "client/commands/wait_conditions.hpp"
#include "client/commands/wait_for_exit.hpp"

namespace ptyd {

namespace asio = boost::asio;

asio::awaitable<Result<std::vector<v1::SessionInfo>>> wait_for_exit(CommandContext* context,
                                                                    std::shared_ptr<Client> client,
                                                                    std::vector<std::string> sessions, bool any) {
  v1::WaitRequest request;
  for (const auto& session : sessions) request.add_sessions(session);
  request.set_any(any);
  const auto end = std::chrono::steady_clock::now() + context->deadline(std::chrono::hours(24 * 3650));
  for (;;) {
    std::chrono::milliseconds left = Client::kNoDeadline;
    if (context->global().timeout)
      left = std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    if (left.count() <= 0) co_return Error{errc::deadline_exceeded, "the sessions are still running"};
    const auto reply = co_await client->call(request, left);
    if (reply) co_return std::vector<v1::SessionInfo>(reply->sessions().begin(), reply->sessions().end());
    // The sessions outlive the daemon: wait on with the next one.
    const bool lost = reply.error().code == errc::unavailable;
    if (!lost) co_return reply.error();
    auto next = co_await connect_again(context);
    if (!next) co_return next.error();
    client = std::move(*next);
  }
}

CommandResult run_wait(CommandContext* context, WaitOptions options) {
  auto client = co_await context->connect(Autostart::yes);
  if (!client) co_return context->fail(client.error());
  auto names = co_await find_all_sessions(*client, options.sessions, WhichSessions::named, context->deadline());
  while (!names && names.error().code == errc::unavailable) {
    client = co_await connect_again(context);
    if (!client) co_return context->fail(client.error());
    names = co_await find_all_sessions(*client, options.sessions, WhichSessions::named, context->deadline());
  }
  if (!names) co_return context->fail(names.error());
  if (!options.wait.conditions.empty()) {
    auto request = wait_request(options.wait);
    for (const auto& name : *names) request.add_sessions(name);
    const auto reply = co_await wait_for(context, *client, std::move(request));
    if (!reply) co_return context->fail(reply.error());
    co_return report_wait(*context, *reply);
  }
  const auto ended = co_await wait_for_exit(context, *client, *names, options.wait.any);
  if (!ended) co_return context->fail(ended.error());
  if (context->json()) context->print_json(sessions_json(*ended));
  if (context->global().output == OutputFormat::name) context->print(session_names(*ended));
  for (const auto& session : *ended)
    if (const int status = program_exit_code(session.exit()); status != 0) co_return status;
  co_return to_int(ExitCode::done);
}

}  // namespace ptyd
