// Verbs that take and give back leases.
#include <algorithm>

#include "client/commands/attach_loop.hpp"
#include "client/commands/commands.hpp"
#include "client/drive/lease_feature.hpp"
#include "client/commands/session_target.hpp"
#include "client/commands/system.hpp"
#include "client/format/lease_reply.hpp"

namespace ptyd {

namespace asio = boost::asio;

namespace {

asio::awaitable<Result<SessionTarget>> open_leasable(CommandContext* context, SessionRef session) {
  auto target = co_await open_target(context, session);
  if (!target) co_return target.error();
  if (auto known = knows_leases(*target->client); !known) co_return known.error();
  co_return std::move(*target);
}

// What was asked for, or the size of this terminal. Nothing: there is none, and the session keeps what it has.
Result<std::optional<v1::WindowSize>> wanted_size(const ClaimOptions& options) {
  std::optional<v1::WindowSize> wanted;
  if (options.geometry) {
    wanted.emplace();
    wanted->set_cols(options.geometry->cols);
    wanted->set_rows(options.geometry->rows);
  } else if (is_terminal(StandardStream::in)) {
    const auto terminal = OuterTerminal::open();
    if (!terminal) return terminal.error();
    wanted = to_wire((*terminal)->size());
  }
  return wanted;
}

std::vector<v1::LeaseKind> kinds_of(bool input, bool size) {
  std::vector<v1::LeaseKind> kinds;
  if (input) kinds.push_back(v1::INPUT_LEASE);
  if (size) kinds.push_back(v1::SIZE_LEASE);
  return kinds;
}

// The second kind gets the token of the first.
asio::awaitable<Result<v1::ClaimReply>> claim_one(CommandContext* context, SessionTarget target, ClaimOptions options,
                                                  v1::LeaseKind kind) {
  v1::ClaimRequest request;
  request.set_session(target.session);
  request.set_kind(kind);
  request.set_ttl_ms(static_cast<std::uint64_t>(options.ttl.count()));
  request.set_steal(options.steal);
  request.set_lease(options.lease);
  if (kind == v1::SIZE_LEASE) {
    auto size = wanted_size(options);
    if (!size) co_return size.error();
    if (*size) *request.mutable_size() = **size;
  }
  co_return co_await target.client->call(std::move(request), context->deadline());
}

}  // namespace

CommandResult run_claim(CommandContext* context, ClaimOptions options) {
  const auto target = co_await open_leasable(context, options.session);
  if (!target) co_return context->fail(target.error());
  const auto given = options.lease;
  std::vector<v1::LeaseInfo> leases;
  for (const auto kind : kinds_of(options.input, options.size)) {
    auto reply = co_await claim_one(context, *target, options, kind);
    if (!reply) {
      // Both or none, unless it was held before.
      if (!leases.empty() && given.empty()) {
        v1::ReleaseRequest back;
        back.set_session(target->session);
        back.set_kind(leases.front().kind());
        back.set_lease(options.lease);
        static_cast<void>(co_await target->client->call(back, context->deadline()));
      }
      co_return context->fail(reply.error());
    }
    options.lease = reply->lease();
    leases.push_back(std::move(*reply->mutable_info()));
  }
  if (context->json())
    context->print_json(claimed_json(options.lease, leases));
  else
    context->print(hex_text(options.lease) + "\n");
  co_return to_int(ExitCode::done);
}

CommandResult run_release(CommandContext* context, ReleaseOptions options) {
  const auto target = co_await open_leasable(context, options.session);
  if (!target) co_return context->fail(target.error());
  bool released = false;
  for (const auto kind : kinds_of(options.input, options.size)) {
    v1::ReleaseRequest request;
    request.set_session(target->session);
    request.set_kind(kind);
    request.set_lease(options.lease);
    request.set_force(options.force);
    const auto reply = co_await target->client->call(request, context->deadline());
    if (!reply) co_return context->fail(reply.error());
    released = released || reply->released();
  }
  if (context->json())
    context->print_json(released_json(released));
  else if (!released)
    context->note("nobody held it\n");
  co_return to_int(ExitCode::done);
}

}  // namespace ptyd
