// Runs a link's loop for a test.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "daemon/hostlink/host_link.hpp"

namespace ptyd {

inline constexpr std::chrono::seconds kTestLimit{20};

// Runs the loop until `done`, or fails the test.
void run_until(boost::asio::io_context& loop, const std::function<bool()>& done);

// What `task` gives.
template <class T>
T run(boost::asio::io_context& loop, boost::asio::awaitable<T> task) {
  std::unique_ptr<T> result;
  boost::asio::co_spawn(loop, std::move(task), [&result](std::exception_ptr error, T value) {
    if (error) std::rethrow_exception(error);
    result = std::make_unique<T>(std::move(value));
  });
  run_until(loop, [&result] { return result != nullptr; });
  return std::move(*result);
}

void close_link(boost::asio::io_context& loop, HostLink& link);

// Lets the loop run, arming for output, until what the ring holds contains `text`.
std::string read_until(boost::asio::io_context& loop, HostLink& link, const std::string& text);

}  // namespace ptyd
