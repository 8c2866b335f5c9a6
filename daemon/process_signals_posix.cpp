#include <csignal>

#include "daemon/process_signals.hpp"

namespace ptyd {

void add_process_signals(boost::asio::signal_set& signals) {
  for (const int number : {SIGTERM, SIGINT, SIGHUP}) signals.add(number);
}

bool asks_to_reload(int number) noexcept { return number == SIGHUP; }

}  // namespace ptyd
