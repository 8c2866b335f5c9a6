// Verbs that end and forget sessions.
#include "client/commands/commands.hpp"
#include "client/commands/find_sessions.hpp"

namespace ptyd {

namespace asio = boost::asio;

namespace {

// What the daemon does on top of the grace time.
constexpr std::chrono::milliseconds kKillSlack{30'000};

v1::KillRequest kill_request(const KillOptions& options, const std::string& session) {
  v1::KillRequest request;
  request.set_session(session);
  request.set_signal(options.signal);
  request.set_force(options.force);
  request.set_tree(options.tree);
  if (options.grace) request.set_grace_ms(static_cast<std::uint64_t>(options.grace->count()));
  return request;
}

}  // namespace

CommandResult run_kill(CommandContext* context, KillOptions options) {
  const auto client = co_await context->connect(Autostart::yes);
  if (!client) co_return context->fail(client.error());
  const auto which = options.all ? WhichSessions::running : WhichSessions::named;
  const auto sessions = co_await find_all_sessions(*client, options.sessions, which, context->deadline());
  if (!sessions) co_return context->fail(sessions.error());
  const auto deadline = context->deadline(options.grace.value_or(std::chrono::milliseconds{0}) + kKillSlack);
  int status = to_int(ExitCode::done);
  for (const auto& session : *sessions) {
    auto request = kill_request(options, session);
    const auto reply = co_await (*client)->call(std::move(request), deadline);
    if (!reply) {
      // With --all somebody else, or a session's own end, may be faster.
      const bool gone = reply.error().code == errc::not_found || reply.error().code == errc::session_ended;
      if (options.all && gone) continue;
      status = context->fail(reply.error());
    } else if (context->json()) {
      context->print_json(ended_json(session, reply->exit()));
    }
  }
  co_return status;
}

CommandResult run_rm(CommandContext* context, RmOptions options) {
  const auto client = co_await context->connect(Autostart::yes);
  if (!client) co_return context->fail(client.error());
  std::vector<std::string> names;
  if (!options.exited) {
    const auto sessions =
        co_await find_all_sessions(*client, options.sessions, WhichSessions::named, context->deadline());
    if (!sessions) co_return context->fail(sessions.error());
    names = *sessions;
  } else {
    names.emplace_back();
  }
  int status = to_int(ExitCode::done);
  std::uint32_t removed = 0;
  for (const auto& name : names) {
    v1::RemoveRequest request;
    request.set_session(name);
    request.set_exited(options.exited);
    request.set_force(options.force && !options.exited);
    const auto reply = co_await (*client)->call(std::move(request), context->deadline(kKillSlack));
    if (reply)
      removed += reply->removed();
    else
      status = context->fail(reply.error());
  }
  if (context->json() && (status == 0 || removed > 0)) context->print_json(removed_json(removed));
  co_return status;
}

}  // namespace ptyd
