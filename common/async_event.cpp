#include "common/async_event.hpp"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <utility>

namespace ptyd {

namespace asio = boost::asio;

namespace {

template <class Handler>
class Coroutine final : public ReadyQueue::Waiter {
 public:
  explicit Coroutine(Handler&& handler) : handler_(std::move(handler)) {}
  void resume() override {
    Handler handler(std::move(handler_));
    handler();
  }

 private:
  Handler handler_;
};

// Neither a time nor a cancellation that comes later does anything.
auto waker_of(const std::shared_ptr<ReadyQueue::Waiter>& waiter, ReadyQueue& ready,
              const asio::any_io_executor& executor) {
  return [weak = std::weak_ptr(waiter), &ready, executor](const auto&) {
    if (const auto still = weak.lock()) ready.make_ready(*still, executor);
  };
}

template <class Handler>
std::shared_ptr<ReadyQueue::Waiter> add_waiter(Handler&& handler, asio::steady_timer* timer, ReadyQueue& ready,
                                               const asio::any_io_executor& executor) {
  auto slot = asio::get_associated_cancellation_slot(handler);
  auto waiter = std::make_shared<Coroutine<std::decay_t<Handler>>>(std::forward<Handler>(handler));
  ready.add(waiter);
  if (slot.is_connected()) slot.assign(waker_of(waiter, ready, executor));
  if (timer != nullptr) timer->async_wait(waker_of(waiter, ready, executor));
  return waiter;
}

}  // namespace

AsyncEvent::AsyncEvent(asio::any_io_executor executor)
    : executor_(std::move(executor)), ready_(ReadyQueue::of(executor_)) {}

void AsyncEvent::notify() {
  set_ = true;
  for (const auto& weak : waiters_)
    if (const auto waiter = weak.lock()) ready_.make_ready(*waiter, executor_);
  waiters_.clear();
}

void AsyncEvent::notify_in_handler() {
  const auto executor = executor_;
  ready_.run([this] { notify(); }, executor);
}

asio::awaitable<void> AsyncEvent::suspend(asio::steady_timer* timer) {
  return asio::async_initiate<const asio::use_awaitable_t<>&, void()>(
      [this, timer](auto&& handler) {
        std::erase_if(waiters_, [](const auto& waiter) { return waiter.expired(); });
        waiters_.push_back(add_waiter(std::move(handler), timer, ready_, executor_));
      },
      asio::use_awaitable);
}

asio::awaitable<void> AsyncEvent::wait() {
  while (!set_) {
    co_await suspend(nullptr);
    const auto cancellation = co_await asio::this_coro::cancellation_state;
    if (cancellation.cancelled() != asio::cancellation_type::none)
      throw boost::system::system_error(asio::error::operation_aborted);
  }
  set_ = false;
}

asio::awaitable<bool> AsyncEvent::wait_until(std::chrono::steady_clock::time_point deadline) {
  if (!set_) {
    asio::steady_timer timer(executor_, deadline);
    co_await suspend(&timer);
    const auto cancellation = co_await asio::this_coro::cancellation_state;
    if (cancellation.cancelled() != asio::cancellation_type::none)
      throw boost::system::system_error(asio::error::operation_aborted);
  }
  const bool notified = set_;
  set_ = false;
  co_return notified;
}

}  // namespace ptyd
