#include "common/async_event.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

namespace ptyd {

namespace asio = boost::asio;

namespace {
constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
}

AsyncEvent::AsyncEvent(asio::any_io_executor executor) : timer_(executor, asio::steady_timer::time_point::max()) {}

void AsyncEvent::notify() {
  set_ = true;
  if (waiters_ > 0) timer_.cancel();
}

asio::awaitable<void> AsyncEvent::wait() {
  while (!set_) {
    ++waiters_;
    const auto [error] = co_await timer_.async_wait(kTuple);
    --waiters_;
    // The same code means "notified" and "the coroutine is being cancelled"; only the state tells.
    const auto cancellation = co_await asio::this_coro::cancellation_state;
    if (cancellation.cancelled() != asio::cancellation_type::none)
      throw boost::system::system_error(asio::error::operation_aborted);
    static_cast<void>(error);
  }
  set_ = false;
}

asio::awaitable<bool> AsyncEvent::wait_until(std::chrono::steady_clock::time_point deadline) {
  if (!set_) {
    // The deadline borrows the event's timer: one operation, woken by notify() or by time.
    timer_.expires_at(deadline);
    ++waiters_;
    const auto [error] = co_await timer_.async_wait(kTuple);
    --waiters_;
    timer_.expires_at(asio::steady_timer::time_point::max());
    const auto cancellation = co_await asio::this_coro::cancellation_state;
    if (cancellation.cancelled() != asio::cancellation_type::none)
      throw boost::system::system_error(asio::error::operation_aborted);
    static_cast<void>(error);
  }
  const bool notified = set_;
  set_ = false;
  co_return notified;
}

}  // namespace ptyd
