#include "client/commands/wait_conditions.hpp"

#include <algorithm>

#include "client/commands/wait_for_exit.hpp"
#include "client/format/wait_reply.hpp"

namespace ptyd {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

namespace {

bool has_feature(const Client& client, const char* name) {
  const auto& features = client.welcome().features();
  return std::find(features.begin(), features.end(), name) != features.end();
}

}  // namespace

Result<void> check_features(const Client& client, const v1::WaitRequest& request) {
  const bool guarded = !request.send().if_screen().empty() || !request.send().if_match().empty();
  const bool waits = request.conditions_size() > 0;
  if ((!waits || has_feature(client, "wait")) && (!guarded || has_feature(client, "guards"))) return {};
  Error error{errc::unimplemented, "the daemon is too old for that"};
  error.hint = "restart it: `ptyctl daemon stop`, sessions live on";
  return error;
}

v1::WaitRequest wait_request(const WaitSpec& spec) {
  v1::WaitRequest request;
  request.set_any(spec.any);
  for (const auto& condition : spec.conditions) *request.add_conditions() = condition;
  if (spec.from_offset) request.set_from_offset(*spec.from_offset);
  return request;
}

asio::awaitable<Result<v1::WaitReply>> wait_for(CommandContext* context, std::shared_ptr<Client> client,
                                                v1::WaitRequest request) {
  const auto end = Clock::now() + context->deadline(std::chrono::hours(24 * 3650));
  for (;;) {
    if (const auto known = check_features(*client, request); !known) co_return known.error();
    auto left = Client::kNoDeadline;
    if (context->global().timeout) left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now());
    if (left.count() <= 0) co_return Error{errc::deadline_exceeded, "what was waited for did not happen in time"};
    auto reply = co_await client->call(request, left);
    if (reply) co_return reply;
    // The sessions outlive the daemon: wait on with the next one.
    const bool lost = reply.error().code == errc::unavailable && !request.has_send();
    if (!lost) co_return reply.error();
    auto next = co_await connect_again(context);
    if (!next) co_return next.error();
    client = std::move(*next);
  }
}

int report_wait(const CommandContext& context, const v1::WaitReply& reply) {
  if (context.json()) context.print_json(wait_json(reply));
  if (reply.outcome() == v1::WAIT_HELD) return to_int(ExitCode::done);
  context.note("ptyctl: the session ended before what was waited for happened\n");
  return to_int(ExitCode::ended_before);
}

}  // namespace ptyd
