#include <algorithm>

#include "client/commands/commands.hpp"
#include "client/commands/find_sessions.hpp"
#include "client/format/screen_reply.hpp"

namespace ptyd {

namespace asio = boost::asio;

namespace {

constexpr std::uint32_t kMaxPage = 1000;  // matches that one reply may have

// As many replies as it takes.
asio::awaitable<Result<Findings>> find(CommandContext* context, std::shared_ptr<Client> client, std::string session,
                                       SearchOptions options) {
  v1::SearchRequest request;
  request.set_session(session);
  request.set_pattern(options.pattern);
  request.set_fixed(options.fixed);
  request.set_ignore_case(options.ignore_case);
  request.set_context(options.context);
  Findings findings;
  for (;;) {
    const auto left = options.max_matches - static_cast<std::uint32_t>(findings.matches.size());
    request.set_max_matches(std::min(left, kMaxPage));
    auto reply = co_await client->call(request, context->deadline());
    if (!reply) co_return reply.error();
    findings.offset = std::max(findings.offset, reply->offset());
    findings.approximate = findings.approximate || reply->approximate();
    findings.truncated = reply->truncated();
    for (auto& match : *reply->mutable_matches()) findings.matches.push_back(std::move(match));
    // A daemon that does not come nearer to the oldest line is not asked for ever.
    const bool stuck = request.has_before_line() && reply->next_line() >= request.before_line();
    if (!reply->truncated() || stuck || findings.matches.size() >= options.max_matches) break;
    request.set_before_line(reply->next_line());
  }
  std::stable_sort(findings.matches.begin(), findings.matches.end(),
                   [](const auto& a, const auto& b) { return a.line() < b.line(); });
  co_return findings;
}

}  // namespace

CommandResult run_search(CommandContext* context, SearchOptions options) {
  const auto client = co_await context->connect(Autostart::no);
  if (!client) co_return context->fail(client.error());
  const auto session = co_await find_one_session(*client, options.session, context->deadline());
  if (!session) co_return context->fail(session.error());
  const auto findings = co_await find(context, *client, *session, options);
  if (!findings) co_return context->fail(findings.error());
  if (context->json())
    context->print_json(search_json(*findings));
  else
    context->print(search_text(*findings, options.context > 0));
  co_return to_int(findings->matches.empty() ? ExitCode::no_match : ExitCode::done);
}

}  // namespace ptyd
