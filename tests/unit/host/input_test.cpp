// Input to the program: every byte once, in bounded memory.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <cinttypes>
#include <cstdio>

#include "tests/support/pattern.hpp"
#include "tests/unit/host/host_client.hpp"

namespace ptyd {
namespace {

using host::MessageType;
using testing::HasSubstr;

std::string pattern_text(std::uint64_t seed, std::uint64_t offset, std::size_t bytes) {
  std::string text(bytes, 0);
  fill_pattern(seed, offset, std::as_writable_bytes(std::span(text)));
  return text;
}

std::string hash_line(std::uint64_t seed, std::uint64_t bytes) {
  Fnv1a hash;
  const std::string text = pattern_text(seed, 0, static_cast<std::size_t>(bytes));
  hash.add(std::as_bytes(std::span(text)));
  char line[64];
  std::snprintf(line, sizeof line, "%016" PRIx64 " %" PRIu64, hash.value(), bytes);
  return line;
}

TEST(HostInput, IsTypedOnceHoweverOftenItIsSent) {
  Attached session(child({"echo"}));
  ASSERT_TRUE(session.ready);
  HostClient& client = session.client;
  EXPECT_THAT(client.output_until("ready\r\n"), HasSubstr("ready"));
  ASSERT_TRUE(client.type("hello", 0));
  ASSERT_TRUE(client.type("hello", 0));
  ASSERT_TRUE(client.type("lo wor", 3));
  ASSERT_TRUE(client.type("never typed", 20));
  const auto gap = client.expect(MessageType::input_gap);
  ASSERT_TRUE(gap);
  EXPECT_EQ(gap->as<host::InputGap>().expected, 9U);
  EXPECT_EQ(gap->as<host::InputGap>().got, 20U);
  ASSERT_TRUE(client.type("ld.", 9));
  EXPECT_EQ(client.output_until(".", 7), "hello world.");
  EXPECT_EQ(client.ring().input_taken.load(), 12U);
  ASSERT_TRUE(client.type("second", 1000, 2));
  EXPECT_EQ(client.output_until("second", 19), "second");
}

TEST(HostInput, AMebibyteArrivesExactlyOverDyingDaemonsThatResend) {
  constexpr std::uint64_t kBytes = 1 << 20;
  constexpr std::uint64_t kPiece = 5000;
  const HostProcess process(child({"sink", std::to_string(kBytes)}));
  std::uint64_t sent = 0;
  while (sent < kBytes) {
    HostClient client(process.socket_path());
    ASSERT_TRUE(client.hello() && client.attach());
    client.raise_floor(host::kNoFloor);
    EXPECT_THAT(client.output_until("ready"), HasSubstr("ready"));
    // This daemon knows only what the ring says, and repeats a part of it.
    std::uint64_t at = client.ring().input_taken.load();
    at -= std::min<std::uint64_t>(at, 3 * kPiece);
    for (int i = 0; i < 40 && at < kBytes; ++i) {
      const auto bytes = static_cast<std::size_t>(std::min(kPiece, kBytes - at));
      // The window, as the host counts it.
      if (at + bytes > host::kInputWindow) {
        ASSERT_TRUE(client.wait_written(at + bytes - host::kInputWindow));
      }
      ASSERT_TRUE(client.type(pattern_text(7, at, bytes), at));
      at += bytes;
    }
    sent = at;
    if (sent == kBytes) {
      EXPECT_THAT(client.output_until("1048576\r\n"), HasSubstr(hash_line(7, kBytes)));
    }
  }
}

TEST(HostInput, StaysInTheWindowWhenTheProgramDoesNotRead) {
  HostOptions options = child({"pattern-wait", "1", "10"});
  Attached session(options);
  ASSERT_TRUE(session.ready);
  HostClient& client = session.client;
  // The kernel takes a part, the host holds a window, and then it is the daemon that breaks the rules.
  ASSERT_TRUE(client.signal(SIGSTOP, host::SignalTarget::leader) == 0);
  const std::string piece(host::kMaxPayload, 'x');
  std::uint64_t at = 0;
  for (int i = 0; i < 100 && client.type(piece, at); ++i) at += piece.size();
  EXPECT_TRUE(client.closed_by_host());
  HostClient next(session.process.socket_path());
  ASSERT_TRUE(next.hello() && next.attach());
  EXPECT_LE(next.ring().input_taken.load() - next.ring().input_written.load(), host::kInputWindow);
  EXPECT_GE(next.ring().input_taken.load(), host::kMaxPayload);
}

TEST(HostInput, GoesOnWhenTheProgramReadsAgain) {
  constexpr std::uint64_t kBytes = host::kInputWindow;
  Attached session(child({"sink", std::to_string(kBytes)}));
  ASSERT_TRUE(session.ready);
  HostClient& client = session.client;
  EXPECT_THAT(client.output_until("ready"), HasSubstr("ready"));
  ASSERT_EQ(client.signal(SIGSTOP, host::SignalTarget::leader), 0U);
  ASSERT_TRUE(client.type(pattern_text(9, 0, kBytes), 0));
  ASSERT_EQ(client.signal(SIGCONT, host::SignalTarget::leader), 0U);
  EXPECT_TRUE(client.wait_written(kBytes));
  EXPECT_THAT(client.output_until("65536\r\n"), HasSubstr(hash_line(9, kBytes)));
}

TEST(HostInput, CountsLinesThatTheKernelCuts) {
  Attached session(child({"lines"}));
  ASSERT_TRUE(session.ready);
  HostClient& client = session.client;
  EXPECT_THAT(client.output_until("ready"), HasSubstr("ready"));
  ASSERT_TRUE(client.type("short\n", 0));
  EXPECT_THAT(client.output_until("line 6\r\n"), HasSubstr("line 6\r\n"));
  EXPECT_EQ(client.ring().long_lines.load(), 0U);
  const std::string line = std::string(5000, 'x') + "\n";
  ASSERT_TRUE(client.type(line, 6));
  EXPECT_THAT(client.output_until("line 4096\r\n"), HasSubstr("line 4096\r\n"));
  EXPECT_EQ(client.ring().long_lines.load(), 1U);
}

TEST(HostInput, InRawModeNoLineIsTooLong) {
  Attached session(child({"sink", "20000"}));
  ASSERT_TRUE(session.ready);
  HostClient& client = session.client;
  EXPECT_THAT(client.output_until("ready"), HasSubstr("ready"));
  ASSERT_TRUE(client.type(std::string(20000, 'x'), 0));
  EXPECT_THAT(client.output_until("20000\r\n"), HasSubstr(" 20000\r\n"));
  EXPECT_EQ(client.ring().long_lines.load(), 0U);
}

TEST(HostInput, AfterTheEndCountsAsWritten) {
  Attached session(child({"exit", "0"}));
  ASSERT_TRUE(session.ready);
  HostClient& client = session.client;
  while (client.ring().stream_ended.load() == 0) ASSERT_TRUE(client.expect(MessageType::stream_end));
  ASSERT_TRUE(client.type("too late", 0));
  EXPECT_TRUE(client.wait_written(8));
  EXPECT_EQ(client.ring().input_taken.load(), 8U);
}

}  // namespace
}  // namespace ptyd
