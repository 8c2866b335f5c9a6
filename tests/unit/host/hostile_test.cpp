// What a peer sends ends its own connection at most.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "tests/support/pattern.hpp"
#include "tests/unit/host/host_client.hpp"

namespace ptyd {
namespace {

using host::MessageType;
using testing::HasSubstr;

std::string raw(std::uint32_t size, std::uint16_t type, std::uint16_t zero, std::string_view body = {}) {
  const host::MessageHeader header{size, type, zero};
  return std::string(reinterpret_cast<const char*>(&header), sizeof header).append(body);
}

std::string raw(MessageType type, std::string_view body) {
  return raw(static_cast<std::uint32_t>(body.size()), static_cast<std::uint16_t>(type), 0, body);
}

bool send(HostClient& client, const std::string& bytes) { return client.send_raw(std::as_bytes(std::span(bytes))); }

struct Case {
  const char* name;
  std::string bytes;
  enum { fresh, greeted, attached } when;
};

std::vector<Case> hostile() {
  const std::string zeros(100, '\0');
  return {
      {"longer than any message", raw(host::kMaxMessage + 1, 1, 0), Case::fresh},
      {"the longest length", raw(~0U, 3, 0), Case::attached},
      {"a length of 2^31", raw(1U << 31, 3, 0), Case::attached},
      {"the zero is not", raw(8, 1, 1, zeros.substr(0, 8)), Case::fresh},
      {"an unknown type", raw(0, 999, 0), Case::greeted},
      {"type 0", raw(0, 0, 0), Case::greeted},
      {"a message of the host", raw(0, 70, 0), Case::attached},
      {"hello cut short", raw(MessageType::hello, zeros.substr(0, 7)), Case::fresh},
      {"hello too long", raw(MessageType::hello, zeros.substr(0, 9)), Case::fresh},
      {"a second hello", raw(MessageType::hello, std::string("\1\0\0\0\1\0\0\0", 8)), Case::attached},
      {"attach before hello", raw(MessageType::attach, std::string("\1\0\0\0\0\0\0\0", 8)), Case::fresh},
      {"input before hello", raw(MessageType::input, zeros.substr(0, 25)), Case::fresh},
      {"input before attach", raw(MessageType::input, zeros.substr(0, 25)), Case::greeted},
      {"credit before attach", raw(MessageType::credit, ""), Case::greeted},
      {"resize before attach", raw(MessageType::resize, zeros.substr(0, 8)), Case::greeted},
      {"signal before attach", raw(MessageType::signal, zeros.substr(0, 8)), Case::greeted},
      {"put before attach", raw(MessageType::put, zeros.substr(0, 24)), Case::greeted},
      {"forget before attach", raw(MessageType::forget, ""), Case::greeted},
      {"terminate before attach", raw(MessageType::terminate, ""), Case::greeted},
      {"input without a stream", raw(MessageType::input, zeros.substr(0, 23)), Case::attached},
      {"too much input", raw(MessageType::input, std::string(sizeof(host::Input) + host::kMaxPayload + 1, 0)),
       Case::attached},
      {"input at the end of the numbers", raw(MessageType::input, zeros.substr(0, 16) + std::string(8, '\xff') + "x"),
       Case::attached},
      {"a resize cut short", raw(MessageType::resize, zeros.substr(0, 7)), Case::attached},
      {"a signal too long", raw(MessageType::signal, zeros.substr(0, 12)), Case::attached},
      {"asking for messages that only other systems need", raw(MessageType::wake_by_message, ""), Case::attached},
      {"a status with a body", raw(MessageType::status, "x"), Case::attached},
  };
}

TEST(HostHostile, EndsOnlyTheConnectionThatBreaksTheRules) {
  const HostProcess process(child({"echo"}));
  HostClient good(process.socket_path());
  ASSERT_TRUE(good.hello());
  for (const Case& one : hostile()) {
    HostClient bad(process.socket_path());
    ASSERT_TRUE(one.when == Case::fresh || bad.hello()) << one.name;
    ASSERT_TRUE(one.when != Case::attached || bad.attach()) << one.name;
    send(bad, one.bytes);
    EXPECT_TRUE(bad.closed_by_host()) << one.name;
    ASSERT_TRUE(good.send(MessageType::status)) << one.name;
    EXPECT_TRUE(good.expect(MessageType::status_reply)) << one.name;
  }
  HostClient last(process.socket_path());
  ASSERT_TRUE(last.hello() && last.attach());
  ASSERT_TRUE(last.type("alive", 0));
  EXPECT_THAT(last.output_until("alive"), HasSubstr("alive"));
}

TEST(HostHostile, AMessageCutAnywhereHasNoEffect) {
  const HostProcess process(child({"echo"}));
  host::Input input{};
  input.stream[0] = 5;
  const std::string whole =
      raw(MessageType::input, std::string(reinterpret_cast<const char*>(&input), sizeof input) + "abc");
  for (std::size_t bytes = 0; bytes < whole.size(); ++bytes) {
    HostClient client(process.socket_path());
    ASSERT_TRUE(client.hello() && client.attach());
    send(client, whole.substr(0, bytes));
    ::shutdown(client.fd(), SHUT_WR);
    ASSERT_TRUE(client.closed_by_host());
    ASSERT_EQ(client.ring().input_taken.load(), 0U) << bytes;
  }
}

TEST(HostHostile, MessagesMayComeInPiecesOfAnySize) {
  Attached session(child({"echo"}));
  ASSERT_TRUE(session.ready);
  EXPECT_THAT(session.client.output_until("ready\r\n"), HasSubstr("ready"));
  std::string typed;
  for (const std::size_t step : {1, 2, 3, 7, 64}) {
    host::Input input{};
    input.stream[0] = 1;
    input.offset = typed.size();
    const std::string text = "piece" + std::to_string(step);
    typed += text;
    const std::string whole =
        raw(MessageType::input, std::string(reinterpret_cast<const char*>(&input), sizeof input) + text);
    for (std::size_t at = 0; at < whole.size(); at += step) ASSERT_TRUE(send(session.client, whole.substr(at, step)));
    EXPECT_THAT(session.client.output_until(text, 7), HasSubstr(typed));
  }
}

TEST(HostHostile, DescriptorsNobodyAskedForAreClosed) {
  Attached session(child({"echo"}));
  ASSERT_TRUE(session.ready);
  const host::Descriptor memory(::memfd_create("test", MFD_CLOEXEC));
  for (int i = 0; i < 3000; ++i) {
    ASSERT_TRUE(session.client.send(MessageType::signal, host::Signal{0, 0}, {}, memory.fd()));
    ASSERT_EQ(session.client.result(), 0U) << i;
  }
}

TEST(HostHostile, ManySilentConnectionsLeaveTheDaemonAlone) {
  Attached session(child({"echo"}));
  ASSERT_TRUE(session.ready);
  std::vector<HostClient> silent;
  for (int i = 0; i < 100; ++i) {
    silent.emplace_back(session.process.socket_path());
    ASSERT_TRUE(silent.back().connected());
    ASSERT_EQ(session.client.signal(0, host::SignalTarget::leader), 0U);
  }
  HostClient next(session.process.socket_path());
  EXPECT_TRUE(next.hello());
}

TEST(HostHostile, ArbitraryBytesNeverEndTheHost) {
  Attached session(child({"echo"}));
  ASSERT_TRUE(session.ready);
  for (std::uint64_t round = 0; round < 300; ++round) {
    HostClient bad(session.process.socket_path());
    ASSERT_TRUE(bad.hello());
    std::string bytes(1 + round * 7 % 500, 0);
    fill_pattern(round, 0, std::as_writable_bytes(std::span(bytes)));
    // Every second one with a length and a type that pass, so that the bodies are looked at.
    if (round % 2 == 0)
      bytes = raw(static_cast<std::uint32_t>(bytes.size()), static_cast<std::uint16_t>(round / 2 % 12), 0, bytes);
    send(bad, bytes);
  }
  EXPECT_EQ(session.client.signal(0, host::SignalTarget::leader), 0U);
}

TEST(HostHostile, ADaemonThatScribblesOverTheRingStopsOnlyItself) {
  HostOptions options = child({"echo"});
  options.ring_capacity = host::kMinRing;
  Attached session(options);
  ASSERT_TRUE(session.ready);
  HostClient& client = session.client;
  EXPECT_THAT(client.output_until("ready\r\n"), HasSubstr("ready"));
  client.ring().capacity = 1;
  client.ring().reserve.store(~std::uint64_t{0});
  client.ring().input_taken.store(12345);
  client.ring().data_offset = 1;
  for (auto& stream : client.ring().streams) {
    std::memset(stream.id, 0x77, sizeof stream.id);
    stream.used.store(~std::uint64_t{0});
    stream.accepted.store(~std::uint64_t{0});
  }
  ASSERT_TRUE(client.type("x", 0));
  client.ring().capacity = host::kMinRing;
  EXPECT_THAT(client.output_until("x", 7), HasSubstr("x"));
  EXPECT_EQ(client.signal(0, host::SignalTarget::leader), 0U);
}

}  // namespace
}  // namespace ptyd
