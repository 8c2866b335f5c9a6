#include "daemon/session/alarm.hpp"

#include <new>
#include <utility>

#include "common/log_exception.hpp"

namespace ptyd {

template <class Timer>
BasicAlarm<Timer>::BasicAlarm(boost::asio::any_io_executor executor, const char* what, std::function<void()> on_time)
    : timer_(std::move(executor)), what_(what), on_time_(std::move(on_time)) {}

template <class Timer>
BasicAlarm<Timer>::~BasicAlarm() {
  *alive_ = false;
}

template <class Timer>
void BasicAlarm<Timer>::set(std::optional<Time> next) {
  if (!next || (set_to_ && *set_to_ <= *next)) return;
  set_to_ = next;
  timer_.expires_at(*next);
  timer_.async_wait([this, alive = alive_](const boost::system::error_code& error) {
    if (error || !*alive) return;
    set_to_.reset();
    try {
      on_time_();
    } catch (const std::bad_alloc&) {
      log_exception(what_, std::current_exception());
    }
  });
}

template <class Timer>
void BasicAlarm<Timer>::cancel() {
  timer_.cancel();
  set_to_.reset();
}

template class BasicAlarm<boost::asio::steady_timer>;
template class BasicAlarm<BootTimer>;

}  // namespace ptyd
