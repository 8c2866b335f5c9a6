// Who is at the other end of a local socket, as the system says it: never as the peer says it.
#pragma once

#include <cstdint>
#include <string>

#include "common/error.hpp"

namespace ptyd {

struct PeerIdentity {
  std::uint32_t uid = 0;
  std::uint64_t pid = 0;  // for people and logs only, never for a decision; 0 where the system has none
};

// The identity at connect() time. Linux and OpenBSD: SO_PEERCRED; macOS and FreeBSD: getpeereid(3).
Result<PeerIdentity> peer_identity(int socket);

// Ok when `peer` is the user this process runs as; else permission_denied that names both users. `who`
// names the peer in the message: "the daemon at /run/user/1000/ptyd/ptyd.sock".
Result<void> check_same_user(const PeerIdentity& peer, const std::string& who);

}  // namespace ptyd
