#include "daemon/hostlink/wake_source.hpp"

#include <gtest/gtest.h>

#include "common/handle_windows.hpp"
#include "common/task_group.hpp"
#include "tests/unit/hostlink/loop_support.hpp"

namespace ptyd {
namespace {

namespace asio = boost::asio;

struct Event {
  explicit Event(bool stays_set = false) : host(own_handle(::CreateEventW(nullptr, stays_set, FALSE, nullptr))) {}
  UniqueHandle ours() const {
    HANDLE copy = nullptr;
    ::DuplicateHandle(::GetCurrentProcess(), handle_of(host), ::GetCurrentProcess(), &copy, 0, FALSE,
                      DUPLICATE_SAME_ACCESS);
    return own_handle(copy);
  }
  void set() const { ::SetEvent(handle_of(host)); }
  UniqueHandle host;
};

class WakeSourceTest : public testing::Test {
 protected:
  std::unique_ptr<WakeSource> open(const Event& event) {
    auto source = WakeSource::open(loop_.get_executor(), event.ours());
    return source ? std::move(*source) : nullptr;
  }
  asio::io_context loop_;
};

asio::awaitable<void> count_calls(WakeSource& source, int& calls) {
  for (bool called = true; called; ++calls) called = co_await source.wait();
}

TEST_F(WakeSourceTest, IsWokenByEachCall) {
  for (const bool stays_set : {false, true}) {
    const Event event(stays_set);
    const auto source = open(event);
    ASSERT_TRUE(source);
    ASSERT_TRUE(run(loop_, source->wait())) << "once for nothing";
    for (int i = 0; i < 3; ++i) {
      event.set();
      EXPECT_TRUE(run(loop_, source->wait()));
    }
  }
}

TEST_F(WakeSourceTest, ACancelledWaitLosesNoCall) {
  const Event event;
  const auto source = open(event);
  ASSERT_TRUE(source);
  int calls = 0;
  TaskGroup tasks(loop_.get_executor(), [](std::exception_ptr) {});
  tasks.spawn(count_calls(*source, calls));
  run_until(loop_, [&calls] { return calls == 1; });
  tasks.cancel();
  run_until(loop_, [&tasks] { return tasks.empty(); });
  event.set();
  EXPECT_TRUE(run(loop_, source->wait()));
}

TEST_F(WakeSourceTest, GoesWhileItWaits) {
  const Event event;
  auto source = open(event);
  ASSERT_TRUE(source);
  int calls = 0;
  TaskGroup tasks(loop_.get_executor(), [](std::exception_ptr) {});
  tasks.spawn(count_calls(*source, calls));
  run_until(loop_, [&calls] { return calls == 1; });
  tasks.cancel();
  run_until(loop_, [&tasks] { return tasks.empty(); });
  source.reset();
  loop_.restart();
  loop_.run_for(kTestLimit);
  EXPECT_TRUE(loop_.stopped()) << "nothing is left to wait for";
}

TEST_F(WakeSourceTest, RefusesWhatIsNoEvent) {
  auto section = own_handle(::CreateFileMappingW(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 0, 4096, nullptr));
  EXPECT_FALSE(WakeSource::open(loop_.get_executor(), std::move(section)));
}

}  // namespace
}  // namespace ptyd
