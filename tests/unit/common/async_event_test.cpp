#include "common/async_event.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <memory>
#include <stdexcept>

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

// Wakes the next of a row, and counts.
asio::awaitable<void> pass_on(AsyncEvent& event, AsyncEvent* next, int& passed) {
  co_await event.wait();
  ++passed;
  if (next != nullptr) next->notify();
}

TEST(AsyncEvent, PassesThroughARowOfCoroutinesInOneTurnOfTheLoop) {
  asio::io_context loop;
  AsyncEvent first(loop.get_executor());
  AsyncEvent second(loop.get_executor());
  AsyncEvent third(loop.get_executor());
  int passed = 0;
  asio::co_spawn(loop, pass_on(first, &second, passed), asio::detached);
  asio::co_spawn(loop, pass_on(second, &third, passed), asio::detached);
  asio::co_spawn(loop, pass_on(third, nullptr, passed), asio::detached);
  loop.poll();
  first.notify();
  EXPECT_EQ(passed, 0) << "not before notify() has returned";
  loop.poll_one();
  EXPECT_EQ(passed, 3);
}

TEST(AsyncEvent, LetsThoseWhoWaitGoOnWithinAHandler) {
  asio::io_context loop;
  AsyncEvent first(loop.get_executor());
  AsyncEvent second(loop.get_executor());
  int passed = 0;
  asio::co_spawn(loop, pass_on(first, &second, passed), asio::detached);
  asio::co_spawn(loop, pass_on(second, nullptr, passed), asio::detached);
  loop.poll();
  asio::post(loop, [&] {
    first.notify_in_handler();
    EXPECT_EQ(passed, 2);
  });
  loop.run_for(kLimit);
}

asio::awaitable<void> keep_going(AsyncEvent& mine, AsyncEvent& other, int& turns, const bool& over) {
  while (!over) {
    co_await mine.wait();
    ++turns;
    other.notify();
  }
  other.notify();
}

TEST(AsyncEvent, LeavesTurnsToOthersWhereTwoWakeEachOtherForEver) {
  asio::io_context loop;
  AsyncEvent one(loop.get_executor());
  AsyncEvent two(loop.get_executor());
  int turns = 0;
  bool over = false;
  asio::co_spawn(loop, keep_going(one, two, turns, over), asio::detached);
  asio::co_spawn(loop, keep_going(two, one, turns, over), asio::detached);
  one.notify();
  for (int i = 0; i < 10; ++i) asio::post(loop, [&, i] { over = i == 9; });
  loop.run_for(kLimit);
  EXPECT_TRUE(over);
  EXPECT_TRUE(loop.stopped());
}

asio::awaitable<void> wait_for_ever(AsyncEvent& event, std::shared_ptr<int> held) {
  co_await event.wait();
  ++*held;
}

asio::awaitable<void> wait_and_throw(AsyncEvent& event) {
  co_await event.wait();
  throw std::runtime_error("for a test");
}

TEST(AsyncEvent, LetsTheOthersGoOnWhenOneThrows) {
  asio::io_context loop;
  AsyncEvent first(loop.get_executor());
  AsyncEvent second(loop.get_executor());
  int passed = 0;
  const auto rethrow = [](const std::exception_ptr& error) { std::rethrow_exception(error); };
  asio::co_spawn(loop, wait_and_throw(first), rethrow);
  asio::co_spawn(loop, pass_on(second, nullptr, passed), asio::detached);
  loop.poll();
  first.notify();
  second.notify();
  EXPECT_THROW(loop.run_for(kLimit), std::runtime_error);
  loop.run_for(kLimit);
  EXPECT_EQ(passed, 1);
}

TEST(AsyncEvent, IsAbandonedWithItsLoop) {
  const auto held = std::make_shared<int>(0);
  {
    asio::io_context loop;
    auto event = std::make_unique<AsyncEvent>(loop.get_executor());
    asio::co_spawn(loop, wait_for_ever(*event, held), asio::detached);
    loop.poll();
    EXPECT_EQ(held.use_count(), 2);
    event->notify();
  }
  EXPECT_EQ(held.use_count(), 1);
  EXPECT_EQ(*held, 0);
}

TEST(AsyncEvent, WakesAllWhoWait) {
  asio::io_context loop;
  AsyncEvent event(loop.get_executor());
  int first = -1;
  int second = -1;
  asio::co_spawn(loop, wait_once(event, Clock::now() + kLimit, first), asio::detached);
  asio::co_spawn(loop, wait_once(event, Clock::now() + kLimit, second), asio::detached);
  loop.poll();
  event.notify();
  loop.poll();
  EXPECT_EQ(first, 1);
  EXPECT_EQ(second, 0) << "the first had the notification, the second was woken";
}

}  // namespace
}  // namespace ptyd
