#include "common/peer_identity.hpp"

#include <gtest/gtest.h>

namespace ptyd {
namespace {

TEST(PeerIdentity, OfAnotherUserIsRefusedByName) {
  const auto own = own_identity();
  EXPECT_TRUE(check_same_user(own, "the daemon"));
  auto peer = own;
  peer.user += "1";
  const auto other = check_same_user(peer, "the daemon at /x");
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, errc::permission_denied);
  for (const auto& part : {std::string("the daemon at /x"), own.user + ",", peer.user + ","})
    EXPECT_NE((other.error().message + ",").find(part), std::string::npos) << other.error().message;
}

TEST(PeerIdentity, OfAConfinedProgramIsRefusedThoughItsUserIsOurs) {
  auto peer = own_identity();
  peer.confined = true;
  const auto refused = check_same_user(peer, "a client");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, errc::permission_denied);
  EXPECT_NE(refused.error().message.find("confined"), std::string::npos) << refused.error().message;
}

}  // namespace
}  // namespace ptyd
