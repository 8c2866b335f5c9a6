#include "daemon/core/lease.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

namespace ptyd {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Typing = LeaseDesk::Typing;

constexpr std::uint64_t kUnix = 1'800'000'000'000;
constexpr milliseconds kMinute{60'000};

LeaseTime at(milliseconds since_start) {
  return {seconds(1000) + since_start,
          kUnix + static_cast<std::uint64_t>(since_start.count())};
}

LeaseToken token(std::uint8_t byte) {
  LeaseToken token{};
  token.fill(byte);
  return token;
}

LeaseUser client(std::uint64_t number) { return {{number, "c" + std::to_string(number), 100 + number}, {}, false}; }

LeaseUser named(std::uint64_t number, std::uint8_t byte) {
  auto user = client(number);
  user.token = token(byte);
  return user;
}

LeaseUser person(std::uint64_t number) {
  auto user = client(number);
  user.person = true;
  return user;
}

// Held by client 1 by the token 11... for a minute.
LeaseDesk held(LeaseKind kind = LeaseKind::input) {
  LeaseDesk desk(kind);
  EXPECT_TRUE(desk.claim(client(1), kMinute, false, token(1), at(milliseconds(0))));
  return desk;
}

LeaseDesk bound() {
  LeaseDesk desk(LeaseKind::input);
  EXPECT_TRUE(desk.claim(client(1), std::nullopt, false, token(1), at(milliseconds(0))));
  return desk;
}

LeaseDesk free_desk() { return LeaseDesk(LeaseKind::input); }

// Client 2 is a person who took over.
LeaseDesk taken() {
  auto desk = held();
  static_cast<void>(desk.take_over(person(2), token(2), at(milliseconds(0))));
  return desk;
}

TEST(Lease, WhoMayType) {
  struct Case {
    const char* what;
    std::function<LeaseDesk()> desk;
    LeaseUser user;
    bool report;
    Typing typing;
  };
  const auto keys = false;
  const auto report = true;
  const auto hold = [] { return held(); };
  const std::vector<Case> cases{
      {"anybody, when it is free", free_desk, client(2), keys, Typing::granted},
      {"a person, when it is free", free_desk, person(2), keys, Typing::granted},
      {"who names a lease that is over", free_desk, named(2, 1), keys, Typing::refused},
      {"the connection that claimed", hold, client(1), keys, Typing::granted},
      {"who names the token", hold, named(9, 1), keys, Typing::granted},
      {"who names another one", hold, named(9, 7), keys, Typing::refused},
      {"the connection that claimed, with another token", hold, named(1, 7), keys, Typing::refused},
      {"another connection", hold, client(2), keys, Typing::refused},
      {"nobody's connection", hold, client(0), keys, Typing::refused},
      {"a person", hold, person(2), keys, Typing::takes_over},
      {"a person's terminal by itself", hold, person(2), report, Typing::ignored},
      {"a terminal by itself, of nobody", hold, client(2), report, Typing::refused},
      {"the holder's terminal by itself", hold, client(1), report, Typing::granted},
      {"a lease of a connection: the same one", bound, client(1), keys, Typing::granted},
      {"a lease of a connection: another one", bound, client(2), keys, Typing::refused},
      {"a lease of a connection: by its token", bound, named(2, 1), keys, Typing::granted},
      {"a person holds: that one", taken, person(2), keys, Typing::granted},
      {"a person holds: another person", taken, person(3), keys, Typing::granted},
      {"a person holds: whoever held before", taken, client(1), keys, Typing::refused},
      {"a person holds: the token from before", taken, named(1, 1), keys, Typing::refused},
      {"a person holds: the person's connection without a terminal", taken, client(2), keys, Typing::refused},
  };
  for (const auto& test : cases) EXPECT_EQ(test.desk().typing(test.user, test.report), test.typing) << test.what;
}

TEST(Lease, WhoMayClaim) {
  enum class Outcome { busy, began, stole, kept };
  struct Case {
    const char* what;
    std::function<LeaseDesk()> desk;
    LeaseUser user;
    bool steal;
    Outcome outcome;
  };
  const auto hold = [] { return held(); };
  const std::vector<Case> cases{
      {"free", free_desk, client(2), false, Outcome::began},
      {"free, with steal", free_desk, client(2), true, Outcome::began},
      {"free, but a lease is named", free_desk, named(2, 1), false, Outcome::busy},
      {"free, a lease is named, with steal", free_desk, named(2, 1), true, Outcome::began},
      {"held by another", hold, client(2), false, Outcome::busy},
      {"held by another, with steal", hold, client(2), true, Outcome::stole},
      {"held by itself", hold, client(1), false, Outcome::kept},
      {"held by itself, with steal", hold, client(1), true, Outcome::kept},
      {"named from another connection", hold, named(2, 1), false, Outcome::kept},
      {"a wrong token", hold, named(2, 7), false, Outcome::busy},
      {"a wrong token, with steal", hold, named(2, 7), true, Outcome::stole},
      {"a person holds", taken, client(1), false, Outcome::busy},
      {"a person holds, with steal", taken, client(1), true, Outcome::stole},
  };
  for (const auto& test : cases) {
    auto desk = test.desk();
    const auto claimed = desk.claim(test.user, kMinute, test.steal, token(9), at(seconds(1)));
    if (test.outcome == Outcome::busy) {
      ASSERT_FALSE(claimed) << test.what;
      EXPECT_EQ(claimed.error().code, errc::busy) << test.what;
      continue;
    }
    ASSERT_TRUE(claimed) << test.what;
    EXPECT_EQ(claimed->began, test.outcome != Outcome::kept) << test.what;
    EXPECT_EQ(claimed->ended.has_value(), test.outcome == Outcome::stole) << test.what;
    EXPECT_EQ(desk.lease()->token, test.outcome == Outcome::kept ? token(1) : token(9)) << test.what;
    EXPECT_EQ(desk.lease()->holder.client, test.user.client.client) << test.what;
    EXPECT_FALSE(desk.lease()->person) << test.what;
  }
}

TEST(Lease, EndsByTimeOrWithItsConnection) {
  auto timed = held();
  EXPECT_EQ(timed.lease()->expires_ms, kUnix + 60'000);
  EXPECT_FALSE(timed.disconnected(1));
  EXPECT_FALSE(timed.expire(at(kMinute - milliseconds(1))));
  const auto over = timed.expire(at(kMinute));
  ASSERT_TRUE(over);
  EXPECT_EQ(over->token, token(1));
  EXPECT_FALSE(timed.lease());

  auto connected = bound();
  EXPECT_EQ(connected.lease()->expires_ms, 0U);
  EXPECT_FALSE(connected.expire(at(kMinute * 1000)));
  EXPECT_FALSE(connected.disconnected(2));
  EXPECT_TRUE(connected.disconnected(1));
  EXPECT_FALSE(connected.lease());
}

TEST(Lease, IsHeldOnTo) {
  auto desk = held();
  ASSERT_TRUE(desk.claim(named(5, 1), kMinute, false, token(9), at(seconds(50))));
  EXPECT_FALSE(desk.expire(at(seconds(109))));
  EXPECT_EQ(desk.lease()->since_ms, kUnix);
  // It belongs to the connection that asked last, which may leave the time out.
  EXPECT_EQ(desk.typing(client(1), false), Typing::refused);
  ASSERT_TRUE(desk.claim(client(5), std::nullopt, false, token(9), at(seconds(60))));
  EXPECT_FALSE(desk.expire(at(seconds(1000))));
  EXPECT_TRUE(desk.disconnected(5));
}

TEST(Lease, IsReleasedByItsHolderOrByForce) {
  const auto now = at(seconds(1));
  EXPECT_FALSE(held().release(client(2), false, now));
  EXPECT_FALSE(held().release(named(2, 7), false, now));
  EXPECT_TRUE(held().release(client(1), false, now)->has_value());
  EXPECT_TRUE(held().release(named(2, 1), false, now)->has_value());
  EXPECT_TRUE(held().release(client(2), true, now)->has_value());
  EXPECT_FALSE(taken().release(person(2), false, now));
  EXPECT_TRUE(taken().release(client(3), true, now)->has_value());
  EXPECT_FALSE(free_desk().release(client(2), false, now)->has_value());
}

TEST(Lease, APersonHoldsUntilHalfAMinuteAfterTheLastKey) {
  auto desk = held();
  const auto ended = desk.take_over(person(2), token(2), at(seconds(1)));
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->holder.client, 1U);
  EXPECT_TRUE(desk.lease()->person);
  EXPECT_EQ(desk.lease()->expires_ms, kUnix + 31'000);
  desk.typed(person(3), false, at(seconds(20)));
  EXPECT_FALSE(desk.expire(at(seconds(49))));
  EXPECT_EQ(desk.lease()->holder.client, 2U);
  desk.typed(person(2), true, at(seconds(40)));
  desk.typed(client(2), false, at(seconds(40)));
  EXPECT_TRUE(desk.expire(at(seconds(50))));
  EXPECT_FALSE(desk.disconnected(2));
  // What is typed without a lease makes none.
  desk.typed(person(2), false, at(seconds(60)));
  EXPECT_FALSE(desk.lease());
}

TEST(Lease, SaysWhoHoldsItAndForHowLong) {
  const auto now = at(milliseconds(18'500));
  EXPECT_EQ(held().refusal(client(2), now).message, "c1 (process 101) holds the input for another 42 s");
  EXPECT_EQ(held(LeaseKind::size).refusal(client(2), now).message, "c1 (process 101) holds the size for another 42 s");
  EXPECT_EQ(bound().refusal(client(2), now).message, "c1 (process 101) holds the input until it disconnects");
  EXPECT_EQ(taken().refusal(client(1), now).message,
            "a person at the terminal of c2 (process 102) holds the input for another 12 s");
  EXPECT_EQ(taken().refusal(named(1, 1), now).message,
            "the lease that was named is over: a person at the terminal of c2 (process 102) holds the input for another "
            "12 s");
  EXPECT_EQ(free_desk().refusal(named(2, 1), now).message,
            "the lease that was named is over: nobody holds the input now");
  for (const auto& error : {held().refusal(client(2), now), free_desk().refusal(named(2, 1), now)}) {
    EXPECT_EQ(error.code, errc::busy);
    EXPECT_FALSE(error.hint.empty());
  }
}

TEST(Lease, OutlivesADaemonByTheClockThatNobodySets) {
  struct Case {
    const char* what;
    milliseconds boot_later;  // than it was claimed
    milliseconds unix_later;
    std::optional<milliseconds> left;
    std::optional<milliseconds> left_by_wall_clock;  // the earlier daemon did not note the other one
  };
  const milliseconds day{24 * 3'600'000};
  const std::vector<Case> cases{
      {"at once", milliseconds(0), milliseconds(0), kMinute, kMinute},
      {"after a while", seconds(50), seconds(50), seconds(10), seconds(10)},
      {"just before its end", kMinute - milliseconds(1), kMinute - milliseconds(1), milliseconds(1), milliseconds(1)},
      {"at its end", kMinute, kMinute, std::nullopt, std::nullopt},
      {"long after", kMinute * 1000, kMinute * 1000, std::nullopt, std::nullopt},
      {"the wall clock was set back", seconds(50), -day, seconds(10), kMinute},
      {"it was set back, and the time is over", kMinute, -day, std::nullopt, kMinute},
      {"it was set ahead", seconds(50), day, seconds(10), std::nullopt},
      {"the machine has slept", kMinute * 60, kMinute * 60, std::nullopt, std::nullopt},
  };
  for (const auto& test : cases) {
    for (const bool noted : {true, false}) {
      auto kept = *held().lease();
      if (!noted) kept.until.reset();
      const LeaseTime time{at(test.boot_later).boot, at(test.unix_later).unix_ms};
      const auto& left = noted ? test.left : test.left_by_wall_clock;
      const auto lease = adopted_lease(kept, time);
      ASSERT_EQ(lease.has_value(), left.has_value()) << test.what << ", " << noted;
      if (!lease) continue;
      EXPECT_EQ(*lease->until - time.boot, *left) << test.what << ", " << noted;
      EXPECT_EQ(lease->expires_ms, kept.expires_ms);
    }
  }
}

TEST(Lease, OfAnEarlierDaemonIsHeldByItsTokenAlone) {
  const auto lease = adopted_lease(*held().lease(), at(seconds(5)));
  ASSERT_TRUE(lease);
  EXPECT_EQ(lease->holder.client, 0U);
  EXPECT_EQ(lease->holder.name, "c1");
  LeaseDesk next(LeaseKind::input);
  next.resume(*lease);
  EXPECT_EQ(next.typing(client(1), false), Typing::refused);
  EXPECT_EQ(next.typing(client(0), false), Typing::refused);
  EXPECT_EQ(next.typing(named(4, 1), false), Typing::granted);
}

TEST(Lease, BelievesNoTimeFromElsewhere) {
  const auto now = at(milliseconds(0));
  auto lease = *held().lease();
  for (const auto until : {std::chrono::nanoseconds::max(), now.boot + LeaseDesk::kLongest * 2}) {
    lease.until = until;
    const auto adopted = adopted_lease(lease, now);
    ASSERT_TRUE(adopted);
    EXPECT_EQ(*adopted->until - now.boot, LeaseDesk::kLongest);
  }
  lease.until.reset();
  lease.since_ms = 0;
  lease.expires_ms = ~std::uint64_t{0};
  const auto adopted = adopted_lease(lease, now);
  ASSERT_TRUE(adopted);
  EXPECT_EQ(*adopted->until - now.boot, LeaseDesk::kLongest);
  lease.since_ms = kUnix + 2;
  lease.expires_ms = kUnix + 1;
  EXPECT_FALSE(adopted_lease(lease, now));
}

}  // namespace
}  // namespace ptyd
