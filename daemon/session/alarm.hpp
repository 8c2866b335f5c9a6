// A timer for the first of several moments that move.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>

#include "common/boot_clock.hpp"

namespace ptyd {

// One that is set is left alone while its moment moves on: whoever is called looks again, and sets it anew.
// Thread: the loop's. Nothing is called once it is destroyed.
template <class Timer>
class BasicAlarm {
 public:
  using Time = typename Timer::time_point;

  // `what` it is for, in the log when `on_time` finds no memory; it lives for ever.
  BasicAlarm(boost::asio::any_io_executor executor, const char* what, std::function<void()> on_time);
  BasicAlarm(const BasicAlarm&) = delete;
  BasicAlarm& operator=(const BasicAlarm&) = delete;
  ~BasicAlarm();

  // At `next` at the latest; nothing changes without one.
  void set(std::optional<Time> next);
  void cancel();

 private:
  Timer timer_;
  const char* what_;
  std::function<void()> on_time_;
  std::optional<Time> set_to_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

using Alarm = BasicAlarm<boost::asio::steady_timer>;
using BootAlarm = BasicAlarm<BootTimer>;

}  // namespace ptyd
