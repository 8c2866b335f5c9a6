#include <gtest/gtest.h>

#include "common/local_endpoint.hpp"
#include "common/peer_identity.hpp"
#include "common/token_windows.hpp"
#include "tests/unit/common/pipe_pair.hpp"

namespace ptyd {
namespace {

TEST(PeerIdentity, IsWhatTheSystemSaysAtBothEnds) {
  const std::string name = unused_pipe_name();
  const auto server = listen_local(name);
  ASSERT_TRUE(server) << server.error().message;
  const auto client = connect_local(name);
  ASSERT_TRUE(client) << client.error().message;
  ASSERT_TRUE(accept_client(*server));
  for (const auto* const end : {&*server, &*client}) {
    const auto peer = peer_identity(end->native());
    ASSERT_TRUE(peer) << peer.error().message;
    EXPECT_EQ(peer->user, own_facts().user);
    EXPECT_EQ(peer->pid, ::GetCurrentProcessId());
    EXPECT_EQ(peer->elevated, own_facts().elevated);
    EXPECT_FALSE(peer->confined);
  }
}

TEST(PeerIdentity, NamesTheUserByItsSid) {
  EXPECT_TRUE(own_identity().user.starts_with("S-1-5-")) << own_identity().user;
  EXPECT_GE(own_facts().integrity, static_cast<std::uint32_t>(SECURITY_MANDATORY_LOW_RID));
}

TEST(PeerIdentity, FailsWhereThereIsNoPeer) {
  const auto event = own_handle(::CreateEventW(nullptr, TRUE, FALSE, nullptr));
  EXPECT_FALSE(peer_identity(event.native()));
  EXPECT_FALSE(peer_identity(UniqueHandle::kNone));
}

TEST(ProcessFacts, SaysWhenAProcessIsGone) {
  const auto facts = process_facts(0xFFFFFFF0);
  ASSERT_FALSE(facts);
  EXPECT_EQ(facts.error().code, errc::not_found) << facts.error().message;
}

}  // namespace
}  // namespace ptyd
