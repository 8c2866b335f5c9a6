#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>

#include "client/commands/terminal_signals.hpp"

namespace ptyd {

namespace asio = boost::asio;

namespace {

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);

TerminalSignal::Kind kind_of(int number) {
  if (number == SIGWINCH) return TerminalSignal::Kind::resized;
  return number == SIGCONT ? TerminalSignal::Kind::came_back : TerminalSignal::Kind::end;
}

}  // namespace

TerminalSignals::TerminalSignals(const asio::any_io_executor& executor) : signals_(executor) {
  boost::system::error_code ignored;
  for (const int number : {SIGTERM, SIGHUP, SIGINT, SIGWINCH, SIGCONT}) signals_.add(number, ignored);
}

asio::awaitable<TerminalSignal> TerminalSignals::next() {
  const auto [error, number] = co_await signals_.async_wait(kTuple);
  if (error) co_return TerminalSignal();
  co_return TerminalSignal{kind_of(number), number};
}

void TerminalSignals::close() {
  boost::system::error_code ignored;
  signals_.clear(ignored);
}

}  // namespace ptyd
