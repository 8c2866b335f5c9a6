#include "daemon/server/awaited_host.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace ptyd {
namespace {

SessionId id_of(std::uint8_t first) {
  SessionId id{};
  id[0] = first;
  return id;
}

TEST(AwaitedHosts, MayHaveAnySessionUntilTheyWereAsked) {
  AwaitedHosts hosts;
  EXPECT_FALSE(hosts.may_have("work"));
  AwaitedHost one(hosts, id_of(0xab));
  EXPECT_TRUE(hosts.may_have("work"));
  EXPECT_TRUE(hosts.may_have("ab"));
  EXPECT_TRUE(hosts.may_have("cd"));
}

TEST(AwaitedHosts, ThatDoNotAnswerHaveTheirOwnIdsOnly) {
  AwaitedHosts hosts;
  AwaitedHost one(hosts, id_of(0xab));
  one.failed();
  for (const char* spec : {"a", "ab", "ab0", "ab000000000000000000000000000000"})
    EXPECT_TRUE(hosts.may_have(spec)) << spec;
  for (const char* spec : {"work", "cd", "b", "ab0000000000000000000000000000000"})
    EXPECT_FALSE(hosts.may_have(spec)) << spec;
  const AwaitedHost other(hosts, id_of(0xcd));
  EXPECT_TRUE(hosts.may_have("work"));
}

TEST(AwaitedHosts, AreNoneOnceTheyWereTakenOverOrAreGone) {
  AwaitedHosts hosts;
  auto first = std::make_unique<AwaitedHost>(hosts, id_of(1));
  {
    AwaitedHost again(hosts, id_of(1));
    again.failed();  // it is the first one's
  }
  EXPECT_TRUE(hosts.may_have("work"));
  first.reset();
  EXPECT_FALSE(hosts.may_have("work"));
  EXPECT_FALSE(hosts.may_have("01"));
}

}  // namespace
}  // namespace ptyd
