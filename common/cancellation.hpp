// Work in a coroutine that must not be cut off half-way.
#pragma once

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

namespace ptyd {

// `co_await hold_off_cancellation();`: from here on the coroutine, and what it awaits, is not cancelled: for work
// that is short or has a deadline. A request to cancel that comes meanwhile is lost: whoever goes on
// after allow_cancellation() looks for himself whether to stop.
inline auto hold_off_cancellation() {
  return boost::asio::this_coro::reset_cancellation_state(boost::asio::disable_cancellation());
}

inline auto allow_cancellation() {
  return boost::asio::this_coro::reset_cancellation_state(boost::asio::enable_terminal_cancellation());
}

}  // namespace ptyd
