#include <csignal>

#include "daemon/process_signals.hpp"

namespace ptyd {

// Ctrl-C and Ctrl-Break, for a daemon that runs in a console. It has no console when it was started as usual.
void add_process_signals(boost::asio::signal_set& signals) {
  for (const int number : {SIGTERM, SIGINT, SIGBREAK}) signals.add(number);
}

void hold_process_signals() noexcept {}
void release_process_signals() noexcept {}

bool asks_to_reload(int) noexcept { return false; }

}  // namespace ptyd
