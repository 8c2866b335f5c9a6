#include "client/format/event_json.hpp"

#include <algorithm>
#include <string>

#include "client/commands/commands.hpp"
#include "client/commands/find_sessions.hpp"
#include "client/commands/wait_for_exit.hpp"

namespace ptyd {

namespace asio = boost::asio;

namespace {

// Where the stream of events is: what to ask the next daemon for.
struct Position {
  std::optional<std::uint64_t> since;
  std::string epoch;
  std::uint64_t newest = 0;  // of the events that were there
};

std::vector<std::string> wanted_types(const EventsOptions& options) {
  if (!options.types.empty()) return options.types;
  std::vector<std::string> types;
  for (const auto word : event_type_words())
    if (word != "screen_changed") types.emplace_back(word);
  return types;
}

v1::SubscribeRequest make_request(const EventsOptions& options, const std::string& session, const Position& position) {
  v1::SubscribeRequest request;
  request.set_session(session);
  if (position.since) request.set_since(*position.since);
  request.set_instance(position.epoch);
  for (const auto& word : wanted_types(options)) {
    const auto type = event_type_of(word);
    const auto& types = request.types();
    if (std::find(types.begin(), types.end(), type) == types.end()) request.add_types(type);
  }
  return request;
}

asio::awaitable<Result<void>> subscribe(CommandContext* context, std::shared_ptr<Client> client, EventsOptions options,
                                        std::string session, Position* position) {
  const auto request = make_request(options, session, *position);
  const auto reply = co_await client->call(request, context->deadline());
  if (!reply) co_return reply.error();
  position->newest = reply->newest();
  position->epoch = reply->instance();
  if (reply->restarted()) context->print_json(restarted_json(reply->instance(), reply->next()));
  if (reply->missed() > 0) context->print_json(missed_json(reply->instance(), reply->missed()));
  // From here on the numbers are this daemon's.
  if (!position->since || reply->restarted()) position->since = reply->restarted() ? 1 : reply->next();
  co_return Result<void>{};
}

void print_event(const CommandContext& context, const EventsOptions& options, const v1::Event& event,
                 Position& position) {
  if (event.seq() != 0) position.since = event.seq() + 1;
  const auto types = wanted_types(options);
  const auto word = word_for(event);
  if (event.type() == v1::OVERFLOW || std::find(types.begin(), types.end(), word) != types.end())
    context.print_json(event_json(event, position.epoch));
}

}  // namespace

CommandResult run_events(CommandContext* context, EventsOptions options) {
  const auto start = options.follow ? Autostart::yes : Autostart::no;
  auto client = co_await context->connect(start);
  if (!client) co_return context->fail(client.error());
  const auto& features = (*client)->welcome().features();
  if (std::find(features.begin(), features.end(), "event-types") == features.end()) {
    Error old{errc::unimplemented, "the daemon is too old for this"};
    old.hint = "restart it; its sessions live on";
    co_return context->fail(old);
  }
  std::string session;
  if (options.session) {
    const auto found = co_await find_one_session(*client, *options.session, context->deadline());
    if (!found) co_return context->fail(found.error());
    session = *found;
  }
  Position position{options.since, options.epoch, 0};
  if (!options.follow && !position.since) position.since = 1;
  for (;;) {
    const auto subscribed = co_await subscribe(context, *client, options, session, &position);
    if (!subscribed) co_return context->fail(subscribed.error());
    while (options.follow || position.newest >= *position.since) {
      const auto event = co_await (*client)->next_event();
      if (!event && !options.follow) co_return context->fail(event.error());
      if (!event) break;
      print_event(*context, options, *event, position);
    }
    if (!options.follow) co_return to_int(ExitCode::done);
    client = co_await connect_again(context);
    if (!client) co_return context->fail(client.error());
  }
}

}  // namespace ptyd
