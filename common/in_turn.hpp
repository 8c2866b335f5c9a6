// Operations whose end lets other coroutines go on at once.
#pragma once

#include <boost/asio/associator.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/error_code.hpp>
#include <cstddef>
#include <type_traits>
#include <utility>

#include "common/ready_queue.hpp"

namespace ptyd {

// What became of a read or a write.
struct Transfer {
  boost::system::error_code error;
  std::size_t size = 0;
};

// Calls `handler` within ReadyQueue::run(). All else is the handler's own: its executor, its cancellation.
template <class Handler>
struct InTurn {
  void operator()(const boost::system::error_code& error, std::size_t size) {
    ReadyQueue::of(executor).run([&] { std::move(handler)(Transfer{error, size}); }, executor);
  }
  Handler handler;
  boost::asio::any_io_executor executor;
};

// Awaits what `start` begins, given the handler: those whom the coroutine wakes then go on in the same turn of the
// loop.
template <class Start>
boost::asio::awaitable<Transfer> in_turn(boost::asio::any_io_executor executor, Start start) {
  return boost::asio::async_initiate<const boost::asio::use_awaitable_t<>&, void(Transfer)>(
      [executor = std::move(executor), start = std::move(start)](auto&& handler) mutable {
        start(InTurn<std::decay_t<decltype(handler)>>{std::move(handler), std::move(executor)});
      },
      boost::asio::use_awaitable);
}

}  // namespace ptyd

template <template <class, class> class Associator, class Handler, class Default>
struct boost::asio::associator<Associator, ptyd::InTurn<Handler>, Default> : Associator<Handler, Default> {
  static auto get(const ptyd::InTurn<Handler>& from) noexcept {
    return Associator<Handler, Default>::get(from.handler);
  }
  static auto get(const ptyd::InTurn<Handler>& from, const Default& other) noexcept {
    return Associator<Handler, Default>::get(from.handler, other);
  }
};
