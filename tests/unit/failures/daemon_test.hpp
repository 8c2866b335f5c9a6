// A daemon of each test's own, real sessions and the clients of one loop.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <exception>
#include <memory>
#include <string>

#include "client/ptyd/client.hpp"
#include "tests/unit/common/temp_dir.hpp"
#include "tests/unit/failures/daemon_place.hpp"

namespace ptyd {

// The daemon is started by the first client. At the end of a test nothing may be in flight on its loop, and the daemon
// stops when it is asked to.
class DaemonTest : public testing::Test {
 protected:
  DaemonTest();
  void TearDown() override;

  boost::asio::any_io_executor executor() { return loop_.get_executor(); }
  ClientOptions options() const;
  // Runs a test's coroutine until it ends; one that takes too long has failed.
  void run(boost::asio::awaitable<void> story);

  // For a TaskGroup: its coroutines may not fail.
  static void report(const std::exception_ptr& error);

  // These throw an ErrorException where they can't.
  boost::asio::awaitable<std::shared_ptr<Client>> connect();
  // A session whose program gets the words of `arguments`.
  boost::asio::awaitable<void> create(std::shared_ptr<Client> client, std::string name, std::string arguments);

  static constexpr std::chrono::seconds kLimit{120};

 private:
  boost::asio::awaitable<void> stop_daemon();

  TempDir temp_;
  DaemonPlace place_;
  boost::asio::io_context loop_{1};
};

}  // namespace ptyd
