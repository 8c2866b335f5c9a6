#include "daemon/session/alarm.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <memory>
#include <new>

namespace ptyd {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::hours;
using std::chrono::milliseconds;
constexpr std::chrono::seconds kLimit{20};

class AlarmTest : public testing::Test {
 protected:
  void make() {
    alarm_ = std::make_unique<Alarm>(loop_.get_executor(), "a test", [this] { ++called_; });
  }
  // Until it was called so often, or nothing is set any more.
  void run_until(int called) {
    const auto deadline = Clock::now() + kLimit;
    while (called_ < called && Clock::now() < deadline && loop_.run_one_until(deadline) > 0) {
    }
  }

  boost::asio::io_context loop_;
  int called_ = 0;
  std::unique_ptr<Alarm> alarm_;
};

TEST_F(AlarmTest, CallsAtTheFirstOfTheMoments) {
  make();
  alarm_->set(Clock::now() + hours(1));
  alarm_->set(Clock::now() + milliseconds(1));
  alarm_->set(Clock::now() + hours(2));
  alarm_->set(std::nullopt);
  run_until(1);
  EXPECT_EQ(called_, 1);
}

TEST_F(AlarmTest, CanBeSetAnewWhenItHasCalled) {
  make();
  alarm_->set(Clock::now());
  run_until(1);
  loop_.restart();
  alarm_->set(Clock::now() + milliseconds(1));
  run_until(2);
  EXPECT_EQ(called_, 2);
}

TEST_F(AlarmTest, CallsNobodyOnceItIsCancelledOrGone) {
  make();
  alarm_->set(Clock::now());
  alarm_->cancel();
  loop_.run_for(kLimit);
  loop_.restart();
  alarm_->set(Clock::now());
  alarm_.reset();
  loop_.run_for(kLimit);
  EXPECT_EQ(called_, 0);
}

TEST_F(AlarmTest, OutlivesAWantOfMemory) {
  bool thrown = false;
  Alarm alarm(loop_.get_executor(), "a test", [&thrown] {
    thrown = true;
    throw std::bad_alloc();
  });
  alarm.set(Clock::now());
  EXPECT_NO_THROW(loop_.run_for(kLimit));
  EXPECT_TRUE(thrown);
}

}  // namespace
}  // namespace ptyd
