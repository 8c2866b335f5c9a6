#include "client/commands/session_target.hpp"

#include <utility>

#include "client/commands/find_sessions.hpp"

namespace ptyd {

boost::asio::awaitable<Result<SessionTarget>> open_target(CommandContext* context, SessionRef session) {
  auto client = co_await context->connect(Autostart::yes);
  if (!client) co_return client.error();
  auto name = co_await find_one_session(*client, session, context->deadline());
  if (!name) co_return name.error();
  SessionTarget target;
  target.client = std::move(*client);
  target.session = std::move(*name);
  co_return target;
}

}  // namespace ptyd
