// A flag that coroutines can wait for.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>

namespace ptyd {

// notify() sets the flag and wakes all waiters; wait() returns at once when it is set, and clears it. A
// notification is never lost; several before one wait() count as one.
// Lifetime: must outlive its waiters. Thread: the executor's only.
class AsyncEvent {
 public:
  explicit AsyncEvent(boost::asio::any_io_executor executor);

  void notify();
  boost::asio::awaitable<void> wait();
  // As wait(), but gives up at `deadline`. True when notified. Only while nobody else waits.
  boost::asio::awaitable<bool> wait_until(std::chrono::steady_clock::time_point deadline);

 private:
  boost::asio::steady_timer timer_;
  bool set_ = false;
  unsigned waiters_ = 0;
};

}  // namespace ptyd
