#include "common/task_group.hpp"

#include <gtest/gtest.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <stdexcept>

#include "common/async_event.hpp"

namespace ptyd {
namespace {

namespace asio = boost::asio;
constexpr std::chrono::seconds kLimit{20};
constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);

struct Counts {
  int started = 0;
  int ended = 0;
};

// Counts down also when it is destroyed or thrown out of.
struct Running {
  explicit Running(Counts& to) : counts(to) { ++counts.started; }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  ~Running() { ++counts.ended; }
  Counts& counts;
};

asio::awaitable<void> wait_for_ever(asio::any_io_executor executor, Counts& counts) {
  const Running running(counts);
  asio::steady_timer timer(executor, asio::steady_timer::time_point::max());
  co_await timer.async_wait(asio::use_awaitable);
}

// Goes on after a cancelled wait, as a coroutine does that has something to put in order.
asio::awaitable<void> ignore_one_abort(asio::any_io_executor executor, Counts& counts, bool& noticed) {
  const Running running(counts);
  asio::steady_timer timer(executor, asio::steady_timer::time_point::max());
  const auto [error] = co_await timer.async_wait(kTuple);
  noticed = error == asio::error::operation_aborted;
}

asio::awaitable<void> fail() {
  throw std::runtime_error("broken");
  co_return;
}

asio::awaitable<void> wait_for(AsyncEvent& event) { co_await event.wait(); }

asio::awaitable<void> close_group(TaskGroup& group, bool& closed) {
  co_await group.close();
  closed = true;
}

asio::awaitable<void> join_group(TaskGroup& group, bool& joined) {
  co_await group.join();
  joined = true;
}

TEST(TaskGroup, CancelsAndJoinsAll) {
  asio::io_context loop;
  TaskGroup group(loop.get_executor());
  Counts counts;
  bool noticed = false;
  for (int i = 0; i < 10; ++i) group.spawn(wait_for_ever(loop.get_executor(), counts));
  group.spawn(ignore_one_abort(loop.get_executor(), counts, noticed));
  loop.poll();
  ASSERT_EQ(counts.started, 11);
  ASSERT_FALSE(group.empty());
  bool closed = false;
  asio::co_spawn(loop, close_group(group, closed), asio::detached);
  loop.run_for(kLimit);
  EXPECT_TRUE(closed);
  EXPECT_EQ(counts.ended, 11);
  EXPECT_TRUE(noticed);
  EXPECT_TRUE(group.empty());
}

TEST(TaskGroup, CancelsWhatHasNotBegunYet) {
  asio::io_context loop;
  TaskGroup group(loop.get_executor());
  Counts counts;
  group.spawn(wait_for_ever(loop.get_executor(), counts));
  group.cancel();
  bool joined = false;
  asio::co_spawn(loop, join_group(group, joined), asio::detached);
  loop.run_for(kLimit);
  EXPECT_TRUE(joined);
  EXPECT_EQ(counts.started, counts.ended);
}

TEST(TaskGroup, StartsNothingAfterCancel) {
  asio::io_context loop;
  TaskGroup group(loop.get_executor());
  group.cancel();
  Counts counts;
  group.spawn(wait_for_ever(loop.get_executor(), counts));
  EXPECT_TRUE(group.empty());
  loop.run_for(kLimit);
  EXPECT_EQ(counts.started, 0);
}

TEST(TaskGroup, JoinWaitsWithoutCancelling) {
  asio::io_context loop;
  TaskGroup group(loop.get_executor());
  AsyncEvent event(loop.get_executor());
  group.spawn(wait_for(event));
  bool joined = false;
  asio::co_spawn(loop, join_group(group, joined), asio::detached);
  loop.poll();
  EXPECT_FALSE(joined);
  event.notify();
  loop.run_for(kLimit);
  EXPECT_TRUE(joined);
}

TEST(TaskGroup, ReportsFailuresButNotCancellation) {
  asio::io_context loop;
  int errors = 0;
  TaskGroup group(loop.get_executor(), [&errors](std::exception_ptr) { ++errors; });
  Counts counts;
  group.spawn(fail());
  group.spawn(wait_for_ever(loop.get_executor(), counts));
  loop.poll();
  EXPECT_EQ(errors, 1);
  bool closed = false;
  asio::co_spawn(loop, close_group(group, closed), asio::detached);
  loop.run_for(kLimit);
  EXPECT_TRUE(closed);
  EXPECT_EQ(errors, 1);
}

TEST(TaskGroup, MayBeCancelledByOneOfItsOwn) {
  asio::io_context loop;
  TaskGroup group(loop.get_executor());
  Counts counts;
  AsyncEvent event(loop.get_executor());
  struct Helper {
    static asio::awaitable<void> run(TaskGroup& group, AsyncEvent& event) {
      co_await event.wait();
      group.cancel();
    }
  };
  group.spawn(wait_for_ever(loop.get_executor(), counts));
  group.spawn(Helper::run(group, event));
  loop.poll();
  event.notify();
  bool joined = false;
  asio::co_spawn(loop, join_group(group, joined), asio::detached);
  loop.run_for(kLimit);
  EXPECT_TRUE(joined);
  EXPECT_EQ(counts.ended, 1);
}

asio::awaitable<void> cancel_group(TaskGroup& group) {
  group.cancel();
  co_return;
}

asio::awaitable<void> cancel_group_and_fail(TaskGroup& group) {
  group.cancel();
  throw std::runtime_error("broken");
  co_return;
}

// Asio leaves a coroutine that has never waited by one more wait, which a cancelled one must not fail in: what it would
// throw comes out of the loop.
TEST(TaskGroup, MayBeCancelledByOneThatNeverWaits) {
  for (const auto& cancel : {cancel_group, cancel_group_and_fail}) {
    asio::io_context loop;
    int errors = 0;
    TaskGroup group(loop.get_executor(), [&errors](const std::exception_ptr&) { ++errors; });
    Counts counts;
    group.spawn(wait_for_ever(loop.get_executor(), counts));
    group.spawn(cancel(group));
    bool joined = false;
    asio::co_spawn(loop, join_group(group, joined), asio::detached);
    EXPECT_NO_THROW(loop.run_for(kLimit));
    EXPECT_TRUE(joined);
    EXPECT_EQ(counts.ended, 1);
    EXPECT_EQ(errors, cancel == cancel_group ? 0 : 1);
    while (!group.empty()) loop.run_one();
  }
}

TEST(TaskGroupDeathTest, MustNotDieBeforeItsCoroutines) {
  EXPECT_DEATH(
      {
        asio::io_context loop;
        TaskGroup group(loop.get_executor());
        Counts counts;
        group.spawn(wait_for_ever(loop.get_executor(), counts));
        loop.poll();
      },
      "internal error");
}

}  // namespace
}  // namespace ptyd
