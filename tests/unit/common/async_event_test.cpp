#include "common/async_event.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

namespace ptyd {
namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds kLimit{20};

asio::awaitable<void> count_waits(AsyncEvent& event, int wanted, int& seen) {
  while (seen < wanted) {
    co_await event.wait();
    ++seen;
  }
}

asio::awaitable<void> wait_once(AsyncEvent& event, Clock::time_point deadline, int& answer) {
  const bool notified = co_await event.wait_until(deadline);
  answer = notified ? 1 : 0;
}

TEST(AsyncEvent, WakesItsWaiter) {
  asio::io_context loop;
  AsyncEvent event(loop.get_executor());
  int seen = 0;
  asio::co_spawn(loop, count_waits(event, 1, seen), asio::detached);
  loop.poll();
  EXPECT_EQ(seen, 0);
  event.notify();
  loop.run_for(kLimit);
  EXPECT_EQ(seen, 1);
}

TEST(AsyncEvent, RemembersANotificationThatCameFirst) {
  asio::io_context loop;
  AsyncEvent event(loop.get_executor());
  int seen = 0;
  event.notify();
  event.notify();
  asio::co_spawn(loop, count_waits(event, 2, seen), asio::detached);
  loop.poll();
  EXPECT_EQ(seen, 1) << "two before one wait count as one";
  event.notify();
  loop.run_for(kLimit);
  EXPECT_EQ(seen, 2);
}

TEST(AsyncEvent, GivesUpAtItsDeadline) {
  asio::io_context loop;
  AsyncEvent event(loop.get_executor());
  int answer = -1;
  asio::co_spawn(loop, wait_once(event, Clock::now() + std::chrono::milliseconds(5), answer), asio::detached);
  loop.run_for(kLimit);
  EXPECT_EQ(answer, 0);
}

TEST(AsyncEvent, IsUsableAgainAfterADeadline) {
  asio::io_context loop;
  AsyncEvent event(loop.get_executor());
  int answer = -1;
  asio::co_spawn(loop, wait_once(event, Clock::now(), answer), asio::detached);
  loop.run_for(kLimit);
  ASSERT_EQ(answer, 0);
  loop.restart();
  asio::co_spawn(loop, wait_once(event, Clock::now() + kLimit, answer), asio::detached);
  asio::post(loop, [&event] { event.notify(); });
  loop.run_for(kLimit);
  EXPECT_EQ(answer, 1);
}

TEST(AsyncEvent, LosesNoNotificationHoweverTheyFall) {
  asio::io_context loop;
  AsyncEvent event(loop.get_executor());
  int seen = 0;
  constexpr int kRounds = 1000;
  asio::co_spawn(loop, count_waits(event, kRounds, seen), asio::detached);
  for (int round = 0; round < kRounds; ++round) {
    const int before = seen;
    asio::post(loop, [&event] { event.notify(); });
    if (round % 3 == 0) asio::post(loop, [] {});
    loop.poll();
    ASSERT_EQ(seen, before + 1);
  }
}

}  // namespace
}  // namespace ptyd
