// A flag that a coroutine can wait for.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>

namespace ptyd {

// notify() sets the flag and wakes the waiter; wait() returns at once when it is set, and clears it. A
// notification is never lost; several before one wait() count as one. One waiter at a time.
// Lifetime: must outlive its waiter. Thread: the executor's only.
class AsyncEvent {
 public:
  explicit AsyncEvent(boost::asio::any_io_executor executor);

  void notify();
  boost::asio::awaitable<void> wait();
  // As wait(), but gives up at `deadline`. True when notified.
  boost::asio::awaitable<bool> wait_until(std::chrono::steady_clock::time_point deadline);

 private:
  boost::asio::steady_timer timer_;
  bool set_ = false;
  unsigned waiters_ = 0;
};

}  // namespace ptyd
