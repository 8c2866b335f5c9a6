#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "client/commands/wait_for_exit.hpp"
#include "client/ptyd/backoff.hpp"
#include "common/random.hpp"

namespace ptyd {

namespace asio = boost::asio;

namespace {
constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::seconds kReconnectDeadline{30};
}  // namespace

asio::awaitable<Result<std::shared_ptr<Client>>> connect_again(CommandContext* context) {
  const auto connect = context->connector(Autostart::yes);
  const auto deadline = std::min<std::chrono::milliseconds>(context->deadline(kReconnectDeadline), kReconnectDeadline);
  Backoff backoff(std::chrono::steady_clock::now() + deadline, random_bytes16().front());
  asio::steady_timer timer(context->executor());
  for (;;) {
    auto client = co_await connect(Autostart::yes);
    if (client || client.error().code != errc::unavailable) co_return client;
    const auto at = backoff.next(std::chrono::steady_clock::now());
    if (!at) co_return client;
    timer.expires_at(*at);
    static_cast<void>(co_await timer.async_wait(kTuple));
  }
}

}  // namespace ptyd
