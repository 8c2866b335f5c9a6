// A timer that was armed again while its last wait was still queued once corrupted that queue.
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <random>
#include <vector>

#include "common/async_event.hpp"
#include "common/task_group.hpp"

namespace ptyd {
namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds kLimit{60};

// Timers that several events of one turn arm, arm again, cancel and replace, in a random order. Each wait must end
// once, and none may be left.
class Juggler {
 public:
  explicit Juggler(std::uint32_t seed) : random_(seed) {
    for (int i = 0; i < 4; ++i) timers_.push_back(std::make_unique<asio::steady_timer>(loop_));
  }

  void run() {
    for (int turn = 0; turn < 200; ++turn) {
      const auto events = 1 + random_() % 6;
      for (std::uint32_t i = 0; i < events; ++i) asio::post(loop_, [this] { act(); });
      loop_.restart();
      loop_.poll();
    }
    ending_ = true;
    for (auto& timer : timers_) timer->cancel();
    loop_.restart();
    loop_.run_for(kLimit);
    EXPECT_TRUE(loop_.stopped());
    EXPECT_EQ(started_, fired_ + cancelled_);
    for (const int ends : ends_) EXPECT_EQ(ends, 1);
  }
  int fired() const { return fired_; }
  int cancelled() const { return cancelled_; }

 private:
  void act() {
    auto& timer = timers_[random_() % timers_.size()];
    switch (random_() % 6) {
      case 0: arm(*timer, std::chrono::hours(1)); break;
      case 1: arm(*timer, std::chrono::microseconds(random_() % 200)); break;
      case 2: arm(*timer, std::chrono::seconds(-1)); break;
      case 3: timer->cancel(); break;
      case 4: timer->expires_after(std::chrono::microseconds(0)); break;
      default: timer = std::make_unique<asio::steady_timer>(loop_); break;
    }
  }

  void arm(asio::steady_timer& timer, Clock::duration after) {
    timer.expires_after(after);
    const auto number = static_cast<std::size_t>(started_++);
    ends_.push_back(0);
    timer.async_wait([this, number](const boost::system::error_code& error) {
      ++ends_[number];
      ++(error ? cancelled_ : fired_);
      if (!ending_ && random_() % 8 == 0) act();
    });
  }

  std::mt19937 random_;
  asio::io_context loop_{1};
  std::vector<std::unique_ptr<asio::steady_timer>> timers_;
  std::vector<int> ends_;  // of each wait
  bool ending_ = false;
  int started_ = 0;
  int fired_ = 0;
  int cancelled_ = 0;
};

TEST(Timer, ArmedAgainFromSeveralEventsOfOneTurnEndsEachWaitOnce) {
  int fired = 0;
  int cancelled = 0;
  for (std::uint32_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Juggler juggler(seed);
    juggler.run();
    fired += juggler.fired();
    cancelled += juggler.cancelled();
  }
  EXPECT_GT(fired, 0);
  EXPECT_GT(cancelled, 0);
}

// What ptyd itself waits with. `wanted` notifications must all be seen, though each may come at any point of a wait
// that is ending by its deadline.
class Waiter {
 public:
  explicit Waiter(std::uint32_t seed) : random_(seed) {}

  void run() {
    tasks_.spawn(wait_for_all());
    for (int i = 0; i < kWanted; ++i) {
      const int before = seen_;
      const auto pokes = 1 + random_() % 3;
      for (std::uint32_t n = 0; n < pokes; ++n) asio::post(loop_, [this] { event_.notify(); });
      const auto deadline = Clock::now() + kLimit;
      while (seen_ == before && Clock::now() < deadline) loop_.run_one_for(std::chrono::seconds(1));
      ASSERT_GT(seen_, before);
    }
    tasks_.cancel();
    loop_.run_for(kLimit);
    EXPECT_TRUE(loop_.stopped());
    EXPECT_TRUE(tasks_.empty());
  }

 private:
  static constexpr int kWanted = 200;

  asio::awaitable<void> wait_for_all() {
    for (;;) {
      const auto deadline = Clock::now() + std::chrono::microseconds(random_() % 100);
      const bool notified = co_await event_.wait_until(deadline);
      if (notified) ++seen_;
    }
  }

  std::mt19937 random_;
  asio::io_context loop_{1};
  AsyncEvent event_{loop_.get_executor()};
  TaskGroup tasks_{loop_.get_executor()};
  int seen_ = 0;
};

TEST(Timer, OfAnEventIsArmedAgainAtOnceAndLosesNoNotification) {
  for (std::uint32_t seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Waiter(seed).run();
  }
}

}  // namespace
}  // namespace ptyd
