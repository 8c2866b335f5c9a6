#include <string>

#include "client/commands/commands.hpp"
#include "client/commands/find_sessions.hpp"
#include "client/commands/system.hpp"

namespace ptyd {

namespace {

constexpr std::chrono::milliseconds kListDeadline{10'000};

void print_sessions(const CommandContext& context, const std::vector<v1::SessionInfo>& sessions) {
  switch (context.global().output) {
    case OutputFormat::text: context.print(sessions_text(sessions, context.style())); break;
    case OutputFormat::name: context.print(session_names(sessions)); break;
    case OutputFormat::json: context.print_json(sessions_json(sessions)); break;
    case OutputFormat::jsonl:
      for (const auto& session : sessions) context.print_json(session_json(session));
      break;
  }
}

// Prints the list anew after each change.
CommandResult watch_sessions(CommandContext* context, std::shared_ptr<Client> client, ListOptions options) {
  v1::SubscribeRequest subscribe;
  const auto subscribed = co_await client->call(subscribe, context->deadline(kListDeadline));
  if (!subscribed) co_return context->fail(subscribed.error());
  const bool redraw = context->global().output == OutputFormat::text && is_terminal(StandardStream::out);
  for (;;) {
    const auto sessions = co_await list_sessions(client, options.all, options.labels, context->deadline(kListDeadline));
    if (!sessions) co_return context->fail(sessions.error());
    if (redraw) context->print("\x1b[H\x1b[2J");
    print_sessions(*context, *sessions);
    const auto event = co_await client->next_event();
    if (!event) co_return context->fail(event.error());
  }
}

}  // namespace

CommandResult run_list(CommandContext* context, ListOptions options) {
  const auto client = co_await context->connect(Autostart::no);
  if (!client) {
    if (!options.or_help || client.error().code != errc::unavailable) co_return context->fail(client.error());
    context->print(overview_help());
    co_return to_int(ExitCode::done);
  }
  if (options.watch) co_return co_await watch_sessions(context, *client, options);
  const auto sessions = co_await list_sessions(*client, options.all, options.labels, context->deadline(kListDeadline));
  if (!sessions) co_return context->fail(sessions.error());
  if (options.or_help && sessions->empty())
    context->print(overview_help());
  else
    print_sessions(*context, *sessions);
  co_return to_int(ExitCode::done);
}

CommandResult run_inspect(CommandContext* context, InspectOptions options) {
  const auto client = co_await context->connect(Autostart::no);
  if (!client) co_return context->fail(client.error());
  const auto session = co_await find_one_session(*client, options.session, context->deadline());
  if (!session) co_return context->fail(session.error());
  v1::InspectRequest request;
  request.set_session(*session);
  const auto reply = co_await (*client)->call(request, context->deadline());
  if (!reply) co_return context->fail(reply.error());
  if (context->json())
    context->print_json(inspect_json(*reply));
  else if (context->global().output == OutputFormat::name)
    context->print(session_names({reply->session()}));
  else
    context->print(inspect_text(*reply, context->style()));
  co_return to_int(ExitCode::done);
}

}  // namespace ptyd
