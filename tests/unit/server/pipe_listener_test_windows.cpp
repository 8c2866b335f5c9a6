#include "daemon/server/pipe_listener_windows.hpp"

#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <thread>
#include <vector>

#include "common/pipe_windows.hpp"
#include "daemon/server/live_pipe_windows.hpp"
#include "tests/unit/server/pipe_client.hpp"
#include "tests/unit/server/pipe_server.hpp"

namespace ptyd {
namespace {

namespace asio = boost::asio;

class PipeListenerTest : public testing::Test {
 protected:
  PipeListenerTest() {
    auto maker = [this]() -> Result<UniqueHandle> {
      if (exhausted_) return os_error("make a pipe", ERROR_NO_SYSTEM_RESOURCES);
      return make_pipe_instance(name_, false);
    };
    listener_ = std::make_shared<PipeListener>(loop_.get_executor(), maker);
  }
  ~PipeListenerTest() override {
    listener_->close();
    loop_.restart();
    loop_.run_for(std::chrono::seconds(30));
    listener_.reset();
    clients_.clear();
    EXPECT_EQ(LivePipe::count(), 0);
  }
  void start() { ASSERT_TRUE(listener_->start(listen_local(name_).value())); }
  asio::awaitable<void> take_one() {
    auto pipe = co_await listener_->accept();
    if (pipe) taken_.push_back(std::move(*pipe));
    ++answers_;
  }
  void take(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t before = answers_;
      asio::co_spawn(loop_, take_one(), [](std::exception_ptr error) {
        if (error) std::rethrow_exception(error);
      });
      run_until([&] { return answers_ > before; });
    }
  }
  template <class Done>
  void run_until(Done done) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    loop_.restart();
    while (!done() && std::chrono::steady_clock::now() < deadline) loop_.run_one_for(std::chrono::seconds(1));
    ASSERT_TRUE(done());
  }

  const std::string name_ = unused_pipe_name();
  asio::io_context loop_{1};
  bool exhausted_ = false;
  std::shared_ptr<PipeListener> listener_;
  std::vector<UniqueHandle> clients_;
  std::vector<asio::windows::stream_handle> taken_;
  std::size_t answers_ = 0;
};

TEST_F(PipeListenerTest, KeepsItsNumberOfInstancesWaiting) {
  start();
  EXPECT_EQ(listener_->waiting(), PipeListener::kWaiting);
  for (std::size_t i = 0; i < 3 * PipeListener::kWaiting; ++i) {
    auto client = connect_local(name_);
    ASSERT_TRUE(client) << client.error().message;
    clients_.push_back(std::move(*client));
    take(1);
    EXPECT_EQ(listener_->waiting(), PipeListener::kWaiting);
  }
  EXPECT_EQ(taken_.size(), clients_.size());
}

TEST_F(PipeListenerTest, LetsClientsThatNobodyTakesWaitUpToABound) {
  start();
  const auto lets_one_in = [this] {
    auto client = connect_local(name_);
    if (client) clients_.push_back(std::move(*client));
    return client.has_value();
  };
  while (clients_.size() < 1000 && lets_one_in()) loop_.poll();
  run_until([this] { return listener_->waiting() == 0; });
  EXPECT_LT(clients_.size(), PipeListener::kMaxReady + 2 * PipeListener::kWaiting);
  EXPECT_GE(clients_.size(), PipeListener::kMaxReady);
  const auto one_more = connect_local(name_);
  ASSERT_FALSE(one_more);
  EXPECT_EQ(one_more.error().os_error, static_cast<std::uint32_t>(ERROR_PIPE_BUSY));
  take(clients_.size());
  EXPECT_EQ(taken_.size(), clients_.size());
  EXPECT_EQ(listener_->waiting(), PipeListener::kWaiting);
}

TEST_F(PipeListenerTest, SendsAClientAwayRatherThanGiveUpItsName) {
  exhausted_ = true;
  start();
  ASSERT_EQ(listener_->waiting(), 1u);
  PipeClient refused(name_);
  ASSERT_TRUE(refused.connected());
  bool told = false;
  std::thread reader([&] {
    EXPECT_EQ(refused.receive(), "");
    asio::post(loop_, [&] { told = true; });
  });
  run_until([&] { return told; });
  reader.join();
  EXPECT_EQ(listener_->waiting(), 1u);
  exhausted_ = false;
  run_until([this] { return listener_->waiting() == PipeListener::kWaiting; });
  auto client = connect_local(name_);
  ASSERT_TRUE(client) << client.error().message;
  take(1);
  EXPECT_EQ(taken_.size(), 1u);
}

TEST_F(PipeListenerTest, AnswersWhoWaitsWhenItIsClosed) {
  start();
  asio::co_spawn(loop_, take_one(), [](std::exception_ptr error) {
    if (error) std::rethrow_exception(error);
  });
  loop_.poll();
  listener_->close();
  run_until([this] { return answers_ == 1; });
  EXPECT_TRUE(taken_.empty());
  run_until([] { return LivePipe::count() == 0; });
  EXPECT_FALSE(connect_local(name_));
}

TEST_F(PipeListenerTest, LeavesNothingWhenTheLoopGoesFirst) {
  {
    asio::io_context loop{1};
    auto listener =
        std::make_shared<PipeListener>(loop.get_executor(), [this] { return make_pipe_instance(name_, false); });
    ASSERT_TRUE(listener->start(listen_local(name_).value()));
    loop.poll();
    EXPECT_EQ(LivePipe::count(), static_cast<int>(PipeListener::kWaiting));
    listener->close();
  }
  EXPECT_EQ(LivePipe::count(), 0);
}

}  // namespace
}  // namespace ptyd
