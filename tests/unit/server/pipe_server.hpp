// A loop with an acceptor, whose clients are served by a coroutine of the test. Windows only.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <exception>
#include <functional>
#include <memory>

#include "common/local_endpoint.hpp"
#include "daemon/server/acceptor.hpp"
#include "daemon/server/client_stream.hpp"
#include "daemon/server/live_pipe_windows.hpp"
#include "tests/unit/common/pipe_pair.hpp"

namespace ptyd {

using SharedStream = std::shared_ptr<ClientStream>;

// At its end no call may be under way any more.
class PipeServer {
 public:
  using Serve = std::function<boost::asio::awaitable<void>(SharedStream)>;

  explicit PipeServer(Serve serve) : serve_(std::move(serve)) {
    acceptor_ = Acceptor::adopt(loop_.get_executor(), listen_local(name_).value()).value();
    boost::asio::co_spawn(loop_, accept_all(), rethrow);
  }
  ~PipeServer() {
    stop();
    run_until([] { return false; });
    EXPECT_EQ(accepted_, closed_);
    acceptor_.reset();
    EXPECT_EQ(LivePipe::count(), 0);
  }
  const std::string& name() const noexcept { return name_; }
  boost::asio::io_context& loop() noexcept { return loop_; }
  std::size_t accepted() const noexcept { return accepted_; }
  std::size_t closed() const noexcept { return closed_; }
  void stop() { acceptor_->close(); }

  // Runs the loop until `done`, or until there is nothing more to do; false when that takes too long.
  template <class Done>
  bool run_until(Done done) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(120);
    loop_.restart();
    while (!done()) {
      if (std::chrono::steady_clock::now() >= deadline) {
        ADD_FAILURE() << "too slow: " << accepted_ << " accepted, " << closed_ << " closed";
        return false;
      }
      if (loop_.run_one_for(std::chrono::seconds(1)) == 0 && loop_.stopped()) return done();
    }
    return true;
  }

 private:
  static void rethrow(std::exception_ptr error) {
    if (error) std::rethrow_exception(error);
  }
  boost::asio::awaitable<void> accept_all() {
    for (;;) {
      auto stream = co_await acceptor_->accept();
      if (!stream) co_return;
      ++accepted_;
      boost::asio::co_spawn(loop_, serve_one(std::move(stream)), rethrow);
    }
  }
  boost::asio::awaitable<void> serve_one(SharedStream stream) {
    co_await serve_(stream);
    stream->shut_down();
    ++closed_;
  }

  const std::string name_ = unused_pipe_name();
  boost::asio::io_context loop_{1};
  Serve serve_;
  std::unique_ptr<Acceptor> acceptor_;
  std::size_t accepted_ = 0;
  std::size_t closed_ = 0;
};

}  // namespace ptyd
