// Who is at the other end of a local socket, as the system says it: never as the peer says it.
#pragma once

#include <cstdint>
#include <string>

#include "common/error.hpp"
#include "common/unique_handle.hpp"

namespace ptyd {

struct PeerIdentity {
  std::string user;       // the number of the user; a SID on Windows
  std::uint64_t pid = 0;  // for people and logs only, never for a decision; 0 where the system has none
  bool elevated = false;  // Windows: it has an administrator's rights at hand
  bool confined = false;  // Windows: it has less rights than its user: low integrity, or an app container
};

// Linux and OpenBSD: SO_PEERCRED; macOS and FreeBSD: getpeereid(3): the identity at connect() time. Windows: that of
// the process that opened the other end of a pipe.
Result<PeerIdentity> peer_identity(UniqueHandle::Native socket);

// This process.
PeerIdentity own_identity();

// Ok when `peer` is the user this process runs as and is not confined; else permission_denied that names both users.
// `who` names the peer in the message: "the daemon at /run/user/1000/ptyd/ptyd.sock".
Result<void> check_same_user(const PeerIdentity& peer, const std::string& who);

}  // namespace ptyd
