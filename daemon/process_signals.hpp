// Which signals to its own process the daemon minds.
#pragma once

#include <boost/asio/signal_set.hpp>

namespace ptyd {

// Those that ask it to stop, and the one that asks it to read its configuration anew, where the system has one.
void add_process_signals(boost::asio::signal_set& signals);
bool asks_to_reload(int number) noexcept;

// Between these two they wait, also while another program is executed. A thread that is made meanwhile never gets one.
// Windows: nothing to do, as these come by threads of the system.
void hold_process_signals() noexcept;
void release_process_signals() noexcept;

}  // namespace ptyd
