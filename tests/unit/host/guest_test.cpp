// Clients that a daemon lets in.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>

#include <cerrno>
#include <chrono>
#include <string>
#include <vector>

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
};

struct GuestTest : testing::Test {
  bool grant(std::uint8_t token, GuestRights rights) {
    return session.client.send(MessageType::grant, grant_of(token, rights)) && session.client.result() == 0U;
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
