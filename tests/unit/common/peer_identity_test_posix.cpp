#include "common/peer_identity.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/unique_handle.hpp"

namespace ptyd {
namespace {

TEST(PeerIdentity, IsWhatTheSystemSays) {
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
  const UniqueHandle one(ends[0]);
  const UniqueHandle other(ends[1]);
  const auto peer = peer_identity(one.fd());
  ASSERT_TRUE(peer) << peer.error().message;
  EXPECT_EQ(peer->user, std::to_string(::geteuid()));
  if (peer->pid != 0) {
    EXPECT_EQ(peer->pid, static_cast<std::uint64_t>(::getpid()));
  }
}

TEST(PeerIdentity, FailsWhereThereIsNoPeer) {
  const UniqueHandle alone(::socket(AF_UNIX, SOCK_STREAM, 0));
  EXPECT_FALSE(peer_identity(alone.fd()));
  EXPECT_FALSE(peer_identity(-1));
}

}  // namespace
}  // namespace ptyd
