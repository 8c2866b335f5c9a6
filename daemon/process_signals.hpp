// Which signals to its own process the daemon minds.
#pragma once

#include <boost/asio/signal_set.hpp>

namespace ptyd {

// Those that ask it to stop, and the one that asks it to read its configuration anew, where the system has one.
void add_process_signals(boost::asio::signal_set& signals);
bool asks_to_reload(int number) noexcept;

}  // namespace ptyd
