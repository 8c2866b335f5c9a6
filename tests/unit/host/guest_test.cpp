// Clients that a daemon lets in.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <string>
#include <vector>

#include "tests/support/pattern.hpp"
#include "tests/unit/host/host_client.hpp"

namespace ptyd {
namespace {

using host::GuestRights;
using host::MessageType;
using testing::HasSubstr;

constexpr std::uint64_t kNever = ~std::uint64_t{0};

host::Grant grant_of(std::uint8_t token, GuestRights rights) {
  host::Grant grant{};
  grant.token[0] = token;
  grant.stream[0] = token;
  grant.rights = static_cast<std::uint32_t>(rights);
  return grant;
}

host::Join join_of(std::uint8_t token) {
  host::Join join{};
  join.token[0] = token;
  return join;
}

class Guest : public HostClient {
 public:
  explicit Guest(const Attached& session) : HostClient(session.process.socket_path()) {}
  // What the host says to it.
  std::optional<Message> join(std::uint8_t token) {
    if (!hello() || !send(MessageType::join, join_of(token))) return std::nullopt;
    return receive();
  }
  bool type(std::string_view text, std::uint64_t offset, std::uint64_t head = kNever) {
    return send(MessageType::guest_input, host::GuestInput{offset, {head, kNever}}, text);
  }
  bool arm(std::uint64_t head, std::uint64_t accepted = kNever) {
    return send(MessageType::arm, host::Arm{head, accepted});
  }
  // Nothing: no answer. 0: not set, else the turn that it was set by.
  std::optional<std::uint32_t> resize(std::uint16_t cols, std::uint16_t rows) {
    if (!send(MessageType::guest_resize, host::Resize{cols, rows, 3, 4})) return std::nullopt;
    const auto said = expect(MessageType::sized);
    if (!said) return std::nullopt;
    const auto sized = said->as<host::Sized>();
    return sized.set != 0 ? sized.turn : 0;
  }
  bool send_bytes(MessageType type, const std::string& body) {
    const host::MessageHeader header{static_cast<std::uint32_t>(body.size()), static_cast<std::uint16_t>(type), 0};
    return send_raw(std::as_bytes(std::span(&header, 1))) && send_raw(std::as_bytes(std::span(body)));
  }
};

struct GuestTest : testing::Test {
  bool grant(std::uint8_t token, GuestRights rights, std::uint32_t turn = 0) {
    auto grant = grant_of(token, rights);
    grant.turn = turn;
    return session.client.send(MessageType::grant, grant) && session.client.result() == 0U;
  }
  Attached session{child({"echo"})};
};

TEST_F(GuestTest, ReadsTheRingAndCannotWriteIt) {
  ASSERT_TRUE(session.ready && grant(1, GuestRights::type));
  EXPECT_TRUE((session.client.about().features & host::kFeatureGuests) != 0);
  Guest guest(session);
  const auto joined = guest.join(1);
  ASSERT_TRUE(joined && joined->type == MessageType::joined);
  EXPECT_EQ(joined->as<host::Joined>().may_type, 1U);
  ASSERT_EQ(joined->descriptors.size(), 1U);
  const int ring = joined->descriptors.front().fd();
  EXPECT_EQ(::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, ring, 0), MAP_FAILED);
  void* const mapped = ::mmap(nullptr, 4096, PROT_READ, MAP_SHARED, ring, 0);
  ASSERT_NE(mapped, MAP_FAILED);
  EXPECT_EQ(static_cast<const host::RingHeader*>(mapped)->magic, host::kRingMagic);
  ::munmap(mapped, 4096);
}

TEST_F(GuestTest, TypesAndIsWokenForTheEcho) {
  ASSERT_TRUE(session.ready && grant(1, GuestRights::type));
  ASSERT_THAT(session.client.output_until("ready\r\n"), HasSubstr("ready"));
  Guest guest(session);
  ASSERT_TRUE(guest.join(1));
  const auto head = session.client.ring().head.load();
  ASSERT_TRUE(guest.type("by a guest\n", 0, head));
  const auto wake = guest.receive();
  ASSERT_TRUE(wake);
  EXPECT_EQ(wake->type, MessageType::wake);
  EXPECT_THAT(session.client.output_until("by a guest"), HasSubstr("by a guest"));
  EXPECT_EQ(session.client.ring().input_taken.load(), 0U) << "the daemon has sent nothing";
  ASSERT_TRUE(guest.arm(kNever, 11)) << "all of it is taken already";
  EXPECT_TRUE(guest.expect(MessageType::wake));
  ASSERT_TRUE(guest.type("by a guest\nagain\n", 0)) << "what it sends twice is typed once";
  EXPECT_THAT(session.client.output_until("again"), HasSubstr("again"));
  EXPECT_EQ(session.client.output(0, session.client.ring().head.load()).find("by a guest\r\nby a guest\r\nby"),
            std::string::npos);
}

TEST_F(GuestTest, WhoIsNotLetInGetsNothing) {
  ASSERT_TRUE(session.ready && grant(1, GuestRights::read));
  Guest stranger(session);
  ASSERT_TRUE(stranger.hello() && stranger.send(MessageType::join, join_of(2)));
  EXPECT_EQ(stranger.result(), static_cast<std::uint32_t>(EACCES));
  ASSERT_TRUE(stranger.arm(0));
  EXPECT_TRUE(stranger.closed_by_host()) << "it is no guest";
  Guest first(session);
  ASSERT_TRUE(first.join(1));
  Guest second(session);
  ASSERT_TRUE(second.hello() && second.send(MessageType::join, join_of(1)));
  EXPECT_EQ(second.result(), static_cast<std::uint32_t>(EBUSY)) << "a token is for one";
}

TEST_F(GuestTest, TheDaemonOpensAndClosesTheGate) {
  ASSERT_TRUE(session.ready && grant(1, GuestRights::read));
  ASSERT_THAT(session.client.output_until("ready\r\n"), HasSubstr("ready"));
  Guest guest(session);
  const auto joined = guest.join(1);
  ASSERT_TRUE(joined);
  EXPECT_EQ(joined->as<host::Joined>().may_type, 0U);
  ASSERT_TRUE(guest.type("secret", 0));
  const auto refused = guest.expect(MessageType::input_gap);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->as<host::InputGap>().expected, 0U);
  ASSERT_TRUE(grant(1, GuestRights::type));
  const auto opened = guest.expect(MessageType::gate);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->as<host::Gate>().may_type, 1U);
  ASSERT_TRUE(guest.type("shown\n", 0));
  EXPECT_THAT(session.client.output_until("shown"), HasSubstr("shown"));
  ASSERT_TRUE(session.client.send(MessageType::close_gates) && session.client.result() == 0U);
  ASSERT_TRUE(guest.type("late", 6)) << "from here on nothing is taken";
  EXPECT_TRUE(guest.expect(MessageType::input_gap));
  EXPECT_EQ(session.client.output(0, session.client.ring().head.load()).find("late"), std::string::npos);
  EXPECT_EQ(session.client.output(0, session.client.ring().head.load()).find("secret"), std::string::npos);
}

TEST_F(GuestTest, SizesTheWindowWhileItMay) {
  ASSERT_TRUE(session.ready && grant(1, GuestRights::type, 7));
  EXPECT_TRUE((session.client.about().features & host::kFeatureGuestSizes) != 0);
  Guest guest(session);
  ASSERT_TRUE(guest.join(1));
  const auto before = session.client.ring().window_size.load();
  EXPECT_EQ(guest.resize(90, 30), 0U);
  EXPECT_EQ(session.client.ring().window_size.load(), before);
  ASSERT_TRUE(grant(1, GuestRights::size, 8));
  EXPECT_EQ(guest.resize(90, 30), 8U);
  EXPECT_EQ(session.client.ring().window_size.load(),
            90U | 30U << 16 | std::uint64_t{3} << 32 | std::uint64_t{4} << 48);
  EXPECT_EQ(session.client.ring().resizes.load(), 1U);
  for (const auto& [cols, rows] : {std::pair{0, 24}, {80, 0}, {host::kMaxWindowSize + 1, 24}, {80, 65535}})
    EXPECT_EQ(guest.resize(static_cast<std::uint16_t>(cols), static_cast<std::uint16_t>(rows)), 0U)
        << cols << "x" << rows;
  ASSERT_TRUE(grant(1, GuestRights::size, 9));
  EXPECT_EQ(guest.resize(host::kMaxWindowSize, host::kMaxWindowSize), 9U);
  ASSERT_TRUE(guest.type("typed as well\n", 0));
  EXPECT_THAT(session.client.output_until("typed as well"), HasSubstr("typed as well"));
  ASSERT_TRUE(session.client.send(MessageType::close_gates) && session.client.result() == 0U);
  EXPECT_EQ(guest.resize(91, 31), 0U);
}

TEST_F(GuestTest, SizesNothingAnyMoreOnceThereIsAnotherDaemon) {
  ASSERT_TRUE(session.ready && grant(1, GuestRights::size, 7));
  Guest guest(session);
  ASSERT_TRUE(guest.join(1));
  session.client.disconnect();
  EXPECT_EQ(guest.resize(90, 30), 7U);
  HostClient next(session.process.socket_path());
  ASSERT_TRUE(next.hello() && next.attach());
  EXPECT_EQ(guest.resize(91, 31), 0U);
  ASSERT_TRUE(guest.type("but types\n", 0));
  EXPECT_THAT(next.output_until("but types"), HasSubstr("but types"));
}

TEST_F(GuestTest, WhoIsLetOutIsGone) {
  ASSERT_TRUE(session.ready && grant(1, GuestRights::type));
  Guest guest(session);
  ASSERT_TRUE(guest.join(1));
  ASSERT_TRUE(grant(1, GuestRights::none));
  EXPECT_TRUE(guest.closed_by_host());
  Guest again(session);
  ASSERT_TRUE(again.hello() && again.send(MessageType::join, join_of(1)));
  EXPECT_EQ(again.result(), static_cast<std::uint32_t>(EACCES));
}

TEST_F(GuestTest, StaysWhenTheDaemonDiesAndTheNextOneRulesIt) {
  ASSERT_TRUE(session.ready && grant(1, GuestRights::type));
  ASSERT_THAT(session.client.output_until("ready\r\n"), HasSubstr("ready"));
  Guest guest(session);
  ASSERT_TRUE(guest.join(1));
  const auto head = session.client.ring().head.load();
  session.client.disconnect();
  ASSERT_TRUE(guest.type("alone\n", 0, head));
  EXPECT_TRUE(guest.expect(MessageType::wake));
  HostClient next(session.process.socket_path());
  ASSERT_TRUE(next.hello() && next.attach());
  EXPECT_THAT(next.output_until("alone"), HasSubstr("alone"));
  ASSERT_TRUE(next.send(MessageType::close_gates) && next.result() == 0U);
  EXPECT_TRUE(guest.expect(MessageType::gate));
  ASSERT_TRUE(next.send(MessageType::grant, grant_of(1, GuestRights::type)) && next.result() == 0U);
  EXPECT_TRUE(guest.expect(MessageType::gate));
  ASSERT_TRUE(guest.type("together\n", 6));
  EXPECT_THAT(next.output_until("together"), HasSubstr("together"));
}

TEST_F(GuestTest, TakesOnlySoManyAndForgetsThoseThatNeverCame) {
  ASSERT_TRUE(session.ready);
  std::vector<Guest> guests;
  for (std::uint8_t token = 1; token <= host::kGuests; ++token) {
    ASSERT_TRUE(grant(token, GuestRights::read));
    guests.emplace_back(session);
    const auto joined = guests.back().join(token);
    ASSERT_TRUE(joined && joined->type == MessageType::joined) << int(token);
  }
  for (int token = host::kGuests + 1; token < 200; ++token)
    ASSERT_TRUE(grant(static_cast<std::uint8_t>(token), GuestRights::read)) << token;
  Guest more(session);
  ASSERT_TRUE(more.hello() && more.send(MessageType::join, join_of(199)));
  EXPECT_EQ(more.result(), static_cast<std::uint32_t>(EBUSY));
  guests.pop_back();
  // The host may hear of the end of one a little later than of the other's wish.
  for (const auto deadline = soon(); std::chrono::steady_clock::now() < deadline;) {
    Guest next(session);
    ASSERT_TRUE(next.hello() && next.send(MessageType::join, join_of(199)));
    const auto said = next.receive();
    ASSERT_TRUE(said);
    if (said->type == MessageType::joined) return;
  }
  FAIL() << "a place that was left is not given to another one";
}

TEST_F(GuestTest, OneThatBreaksTheRulesEndsOnlyItself) {
  ASSERT_TRUE(session.ready);
  const std::string zeros(200, '\0');
  const std::string end_of_numbers(sizeof(std::uint64_t), '\xff');
  const struct {
    const char* what;
    MessageType type;
    std::string body;
  } cases[] = {
      {"a daemon's input", MessageType::input, zeros.substr(0, sizeof(host::Input)) + "x"},
      {"attach", MessageType::attach, zeros.substr(0, sizeof(host::Attach))},
      {"credit", MessageType::credit, ""},
      {"resize", MessageType::resize, zeros.substr(0, sizeof(host::Resize))},
      {"signal", MessageType::signal, zeros.substr(0, sizeof(host::Signal))},
      {"put", MessageType::put, zeros.substr(0, sizeof(host::Blob))},
      {"get", MessageType::get, zeros.substr(0, sizeof(host::Blob))},
      {"status", MessageType::status, ""},
      {"forget", MessageType::forget, ""},
      {"terminate", MessageType::terminate, ""},
      {"skip", MessageType::skip, zeros.substr(0, sizeof(host::Skip))},
      {"custody", MessageType::custody, ""},
      {"a grant to itself", MessageType::grant, zeros.substr(0, sizeof(host::Grant))},
      {"close_gates", MessageType::close_gates, ""},
      {"a second join", MessageType::join, zeros.substr(0, sizeof(host::Join))},
      {"arm cut short", MessageType::arm, zeros.substr(0, sizeof(host::Arm) - 1)},
      {"input of nothing", MessageType::guest_input, zeros.substr(0, sizeof(host::GuestInput))},
      {"too much input", MessageType::guest_input, std::string(sizeof(host::GuestInput) + host::kMaxGuestInput + 1, 0)},
      {"input at the end of the numbers", MessageType::guest_input,
       end_of_numbers + zeros.substr(0, sizeof(host::Arm)) + "x"},
      {"a size cut short", MessageType::guest_resize, zeros.substr(0, sizeof(host::Resize) - 1)},
      {"an unknown type", static_cast<MessageType>(999), ""},
  };
  std::uint8_t token = 0;
  for (const auto& one : cases) {
    ASSERT_TRUE(grant(++token, GuestRights::type)) << one.what;
    Guest bad(session);
    ASSERT_TRUE(bad.join(token)) << one.what;
    ASSERT_TRUE(bad.send_bytes(one.type, one.body)) << one.what;
    EXPECT_TRUE(bad.closed_by_host()) << one.what;
    EXPECT_EQ(session.client.signal(0, host::SignalTarget::leader), 0U) << one.what;
  }
  ASSERT_TRUE(session.client.type("alive", 0));
  EXPECT_THAT(session.client.output_until("alive"), HasSubstr("alive"));
}

TEST_F(GuestTest, OneThatReadsNothingHoldsNobodyUp) {
  ASSERT_TRUE(session.ready && grant(1, GuestRights::type) && grant(2, GuestRights::type));
  ASSERT_THAT(session.client.output_until("ready\r\n"), HasSubstr("ready"));
  Guest deaf(session);
  ASSERT_TRUE(deaf.join(1));
  // Each is answered by a wake at once, until there is no more room for answers and then none for more of these.
  struct {
    host::MessageHeader header{sizeof(host::Arm), static_cast<std::uint16_t>(MessageType::arm), 0};
    host::Arm arm{0, kNever};
  } const wish;
  static_assert(sizeof wish == sizeof wish.header + sizeof wish.arm);
  constexpr int kMost = 1'000'000;
  int sent = 0;
  while (sent < kMost) {
    const ssize_t bytes = ::send(deaf.fd(), &wish, sizeof wish, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (bytes == static_cast<ssize_t>(sizeof wish)) ++sent;
    else if (!wait_for(deaf.fd(), POLLOUT, std::chrono::steady_clock::now() + std::chrono::milliseconds(200))) break;
  }
  EXPECT_LT(sent, kMost) << "what it has sent is kept without end";
  Guest guest(session);
  ASSERT_TRUE(guest.join(2));
  ASSERT_TRUE(guest.type("by a guest\n", 0, session.client.ring().head.load()));
  EXPECT_TRUE(guest.expect(MessageType::wake));
  ASSERT_TRUE(session.client.type("by the daemon\n", 0));
  EXPECT_THAT(session.client.output_until("by the daemon"), HasSubstr("by a guest"));
  ASSERT_TRUE(grant(1, GuestRights::none));
  EXPECT_TRUE(deaf.closed_by_host());
}

TEST_F(GuestTest, ArbitraryBytesNeverEndTheHost) {
  ASSERT_TRUE(session.ready);
  // The program is in raw mode from here on: what a guest may type can have a ^C in it.
  ASSERT_THAT(session.client.output_until("ready\r\n"), HasSubstr("ready"));
  constexpr MessageType kTypes[] = {MessageType::guest_input, MessageType::arm, MessageType::guest_resize};
  for (std::uint64_t round = 0; round < 300; ++round) {
    const auto token = static_cast<std::uint8_t>(round);
    ASSERT_TRUE(grant(token, GuestRights::type)) << round;
    Guest bad(session);
    ASSERT_TRUE(bad.join(token)) << round;
    std::string bytes(1 + round * 7 % 500, 0);
    fill_pattern(round, 0, std::as_writable_bytes(std::span(bytes)));
    // Every second one with a length and a type that pass, so that the bodies are looked at.
    if (round % 2 == 0)
      bad.send_bytes(kTypes[round / 2 % 3], bytes);
    else
      bad.send_raw(std::as_bytes(std::span(bytes)));
    ASSERT_TRUE(grant(token, GuestRights::none)) << round;
    EXPECT_TRUE(bad.closed_by_host()) << round;
  }
  EXPECT_EQ(session.client.signal(0, host::SignalTarget::leader), 0U);
}

TEST_F(GuestTest, WhatTheDaemonSendsGoesOnBesideAGuest) {
  ASSERT_TRUE(session.ready && grant(1, GuestRights::type));
  ASSERT_THAT(session.client.output_until("ready\r\n"), HasSubstr("ready"));
  Guest guest(session);
  ASSERT_TRUE(guest.join(1));
  std::uint64_t typed = 0;
  for (int i = 0; i < 200; ++i) {
    const auto text = std::to_string(i % 10);
    ASSERT_TRUE(session.client.type("d", static_cast<std::uint64_t>(i)));
    ASSERT_TRUE(session.client.wait_written(static_cast<std::uint64_t>(i) + 1));
    ASSERT_TRUE(guest.type(text, typed));
    ++typed;
    ASSERT_TRUE(guest.arm(kNever, typed));
    ASSERT_TRUE(guest.expect(MessageType::wake)) << i;
  }
  EXPECT_EQ(session.client.ring().input_taken.load(), 200U);
  EXPECT_EQ(session.client.ring().input_written.load(), 200U);
}

}  // namespace
}  // namespace ptyd
