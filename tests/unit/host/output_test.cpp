// Output through the ring: every byte once, whoever comes and goes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/pattern.hpp"
#include "tests/unit/host/host_client.hpp"

namespace ptyd {
namespace {

using host::MessageType;
using testing::HasSubstr;

constexpr std::uint64_t kSeed = 42;

HostOptions pattern(std::uint64_t bytes, std::uint64_t ring) {
  HostOptions options = child({"pattern", std::to_string(kSeed), std::to_string(bytes)});
  options.ring_capacity = ring;
  return options;
}

// Checks everything from `next` up to head, raises the floor behind it. False at the first wrong byte.
bool check_some(HostClient& client, std::uint64_t& next) {
  const std::uint64_t head = client.ring().head.load();
  for (; next < head; ++next)
    if (client.at(next) != pattern_byte(kSeed, next)) return false;
  client.raise_floor(next);
  return true;
}

// Reads until `end`. False on a wrong byte or when nothing comes any more.
bool check_until(HostClient& client, std::uint64_t& next, std::uint64_t end) {
  while (next < end)
    if (!client.wait_output(next) || !check_some(client, next)) return false;
  return true;
}

TEST(HostOutput, SixteenMebibytesArriveExactly) {
  constexpr std::uint64_t kBytes = 16 << 20;
  for (const std::uint64_t ring : {host::kMinRing, std::uint64_t{1} << 20}) {
    Attached session(pattern(kBytes, ring));
    ASSERT_TRUE(session.ready);
    std::uint64_t next = 0;
    EXPECT_TRUE(check_until(session.client, next, kBytes)) << "at " << next;
    EXPECT_TRUE(session.client.expect(MessageType::stream_end));
    EXPECT_EQ(session.client.ring().head.load(), kBytes);
    EXPECT_EQ(session.client.ring().stream_ended.load(), 1U);
    EXPECT_GT(session.client.ring().last_output_unix_ms.load(), session.client.ring().started_unix_ms - 1);
  }
}

TEST(HostOutput, NothingIsLostWhenDaemonsDieInBetween) {
  constexpr std::uint64_t kBytes = 8 << 20;
  const HostProcess process(pattern(kBytes, 256 * 1024));
  std::uint64_t next = 0;
  std::uint64_t generation = 0;
  for (std::uint64_t until = 300'000; next < kBytes; until = std::min(next + 300'000, kBytes)) {
    HostClient client(process.socket_path());
    ASSERT_TRUE(client.hello());
    EXPECT_EQ(client.about().generation, generation);
    ASSERT_TRUE(client.attach());
    ++generation;
    // What the last one had set holds until it is raised: no wait is left behind by its death.
    client.raise_floor(next);
    ASSERT_TRUE(check_until(client, next, until)) << "at " << next;
  }
  EXPECT_GT(generation, 3U);
}

TEST(HostOutput, WaitsAtTheFloorAndOverwritesNothing) {
  Attached session(pattern(1 << 20, host::kMinRing));
  ASSERT_TRUE(session.ready);
  HostClient& client = session.client;
  ASSERT_TRUE(client.wait_at_floor());
  EXPECT_EQ(client.ring().head.load(), host::kMinRing);
  EXPECT_EQ(client.ring().burst.load(), 0U);
  for (std::uint64_t i = 0; i < host::kMinRing; ++i) ASSERT_EQ(client.at(i), pattern_byte(kSeed, i)) << i;

  // One byte more: exactly one byte is read.
  client.raise_floor(1);
  ASSERT_TRUE(client.wait_output(host::kMinRing));
  EXPECT_EQ(client.ring().head.load(), host::kMinRing + 1);
  std::uint64_t next = 1;
  EXPECT_TRUE(check_until(client, next, 1 << 20)) << "at " << next;
}

TEST(HostOutput, KeepsToTheFloorWhileTheDaemonIsAwayForLess) {
  const HostProcess process(pattern(1 << 20, host::kMinRing));
  {
    HostClient first(process.socket_path());
    ASSERT_TRUE(first.hello() && first.attach());
    ASSERT_TRUE(first.wait_output(0));
  }
  HostClient second(process.socket_path());
  ASSERT_TRUE(second.hello() && second.attach());
  std::uint64_t next = 0;
  EXPECT_TRUE(check_until(second, next, 1 << 20)) << "at " << next;
}

TEST(HostOutput, GoesOnWithoutTheFloorWhenNoDaemonComesBack) {
  HostOptions options = pattern(1 << 20, host::kMinRing);
  options.host_env = {"PTYD_TEST_ABANDONED_MS=1"};
  const HostProcess process(options);
  ASSERT_EQ(process.result().error, 0U);
  EXPECT_TRUE(wait_gone(static_cast<pid_t>(process.result().child_pid)));
  HostClient client(process.socket_path());
  ASSERT_TRUE(client.hello() && client.attach());
  // The program has written all; what is left comes whether or not the host had read it before we came.
  client.raise_floor(host::kNoFloor);
  while (client.ring().stream_ended.load() == 0) ASSERT_TRUE(client.expect(MessageType::stream_end));
  EXPECT_EQ(client.ring().head.load(), 1U << 20);
  for (std::uint64_t i = (1 << 20) - host::kMinRing; i < 1 << 20; ++i)
    ASSERT_EQ(client.at(i), pattern_byte(kSeed, i)) << i;
}

TEST(HostOutput, ADaemonHoldsASessionThatWasAbandoned) {
  HostOptions options = child({"pattern-wait", std::to_string(kSeed), "1048576"});
  options.ring_capacity = host::kMinRing;
  options.host_env = {"PTYD_TEST_ABANDONED_MS=0"};
  Attached session(options);
  ASSERT_TRUE(session.ready);
  HostClient& client = session.client;
  ASSERT_TRUE(client.type("\n", 0));
  ASSERT_TRUE(client.wait_at_floor());
  EXPECT_EQ(client.ring().head.load(), host::kMinRing);
  client.disconnect();
  EXPECT_TRUE(wait_gone(static_cast<pid_t>(session.process.result().child_pid)));
}

TEST(HostOutput, TheLastWordsOfAProgramArriveBeforeTheEnd) {
  for (int round = 0; round < 50; ++round) {
    const std::uint64_t bytes = 1 + static_cast<std::uint64_t>(round) * 83;
    Attached session(pattern(bytes, host::kMinRing));
    ASSERT_TRUE(session.ready);
    while (session.client.ring().stream_ended.load() == 0)
      ASSERT_TRUE(session.client.expect(MessageType::stream_end)) << bytes;
    EXPECT_EQ(session.client.ring().head.load(), bytes);
    std::uint64_t next = 0;
    EXPECT_TRUE(check_some(session.client, next)) << "at " << next;
  }
}

TEST(HostOutput, AProgramThatClosesItsTerminalHasNotEndedTheStream) {
  HostOptions options;
  options.file = "/bin/sh";
  // The terminal is closed altogether, then opened again by the controlling process.
  options.argv = {"sh", "-c", "echo one; exec 3</dev/null <&- >&- 2>&-; exec 0</dev/tty 1>/dev/tty; echo two"};
  Attached session(options);
  ASSERT_TRUE(session.ready);
  EXPECT_THAT(session.client.output_until("two\r\n"), HasSubstr("one\r\ntwo\r\n"));
}

}  // namespace
}  // namespace ptyd
