// A timer for the first of several moments that move.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>

namespace ptyd {

// One that is set is left alone while its moment moves on: whoever is called looks again, and sets it anew.
// Thread: the loop's. Nothing is called once it is destroyed.
class Alarm {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // `what` it is for, in the log when `on_time` finds no memory; it lives for ever.
  Alarm(boost::asio::any_io_executor executor, const char* what, std::function<void()> on_time);
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;
  ~Alarm();

  // At `next` at the latest; nothing changes without one.
  void set(std::optional<Time> next);
  void cancel();

 private:
  boost::asio::steady_timer timer_;
  const char* what_;
  std::function<void()> on_time_;
  std::optional<Time> set_to_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace ptyd
