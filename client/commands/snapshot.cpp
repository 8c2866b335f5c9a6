#include "client/commands/commands.hpp"
#include "client/commands/find_sessions.hpp"
#include "client/format/screen_reply.hpp"
#include "common/plain_text.hpp"

namespace ptyd {

namespace {

// The daemon may be another machine's: what is text for us has no control characters.
std::string plain(const std::string& data) {
  PlainTextFilter filter;
  return filter.feed(data) + filter.finish();
}

void print_screen(const CommandContext& context, const SnapshotOptions& options, const v1::ScreenReply& reply) {
  const bool json = context.json() || options.format == v1::STRUCTURED;
  if (json && (options.hash_only || reply.unchanged())) {
    context.print_json(screen_hash_json(reply));
  } else if (json) {
    context.print_json(screen_json(reply));
  } else if (!reply.unchanged()) {
    const bool text = options.format == v1::TEXT;
    context.print(options.hash_only ? plain(reply.hash()) + "\n" : text ? plain(reply.data()) : reply.data());
  }
}

}  // namespace

CommandResult run_snapshot(CommandContext* context, SnapshotOptions options) {
  const auto client = co_await context->connect(Autostart::no);
  if (!client) co_return context->fail(client.error());
  const auto session = co_await find_one_session(*client, options.session, context->deadline());
  if (!session) co_return context->fail(session.error());
  v1::ScreenRequest request;
  request.set_session(*session);
  request.set_format(options.format);
  request.set_scrollback_rows(options.scrollback_rows);
  request.set_since_hash(options.since_hash.value_or(""));
  request.set_hash_only(options.hash_only);
  request.set_join_wrapped(options.join);
  const auto reply = co_await (*client)->call(request, context->deadline());
  if (!reply) co_return context->fail(reply.error());
  print_screen(*context, options, *reply);
  if (reply->approximate()) context->note("ptyctl: the screen was rebuilt from recent output and may be wrong\n");
  if (reply->truncated()) context->note("ptyctl: not all of it fits a reply: the oldest rows were left out\n");
  co_return to_int(ExitCode::done);
}

}  // namespace ptyd
