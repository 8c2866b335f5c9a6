// A flag that a coroutine can wait for.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>
#include <vector>

#include "common/ready_queue.hpp"

namespace ptyd {

// notify() sets the flag and wakes whoever waits, who goes on after whatever called notify(); wait() returns at once
// when the flag is set, and clears it. A notification is never lost; several before one wait() count as one. Lifetime:
// must outlive its waiters. Thread: the executor's only.
class AsyncEvent {
 public:
  explicit AsyncEvent(boost::asio::any_io_executor executor);

  void notify();
  // As notify(), and whoever waits goes on before this returns. Only from a handler that the loop has called, as its
  // last act, with nothing of a coroutine below it.
  void notify_in_handler();
  boost::asio::awaitable<void> wait();
  // As wait(), but gives up at `deadline`, or when another waiter took the notification. True when notified.
  boost::asio::awaitable<bool> wait_until(std::chrono::steady_clock::time_point deadline);

 private:
  boost::asio::awaitable<void> suspend(boost::asio::steady_timer* timer);

  boost::asio::any_io_executor executor_;
  ReadyQueue& ready_;
  std::vector<std::weak_ptr<ReadyQueue::Waiter>> waiters_;
  bool set_ = false;
};

}  // namespace ptyd
