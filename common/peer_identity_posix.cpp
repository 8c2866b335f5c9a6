#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>

#include "common/peer_identity.hpp"

namespace ptyd {

Result<PeerIdentity> peer_identity(int socket) {
  PeerIdentity peer;
#ifdef SO_PEERCRED
#ifdef __OpenBSD__
  struct sockpeercred credentials {};
#else
  struct ucred credentials {};
#endif
  socklen_t size = sizeof credentials;
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0)
    return os_error("ask who is at the other end of a socket", errno);
  peer.uid = credentials.uid;
  peer.pid = credentials.pid > 0 ? static_cast<std::uint64_t>(credentials.pid) : 0;
#else
  uid_t uid = 0;
  gid_t gid = 0;
  if (::getpeereid(socket, &uid, &gid) != 0) return os_error("ask who is at the other end of a socket", errno);
  peer.uid = uid;
#ifdef LOCAL_PEERPID
  pid_t pid = 0;
  socklen_t size = sizeof pid;
  if (::getsockopt(socket, SOL_LOCAL, LOCAL_PEERPID, &pid, &size) == 0 && pid > 0)
    peer.pid = static_cast<std::uint64_t>(pid);
#endif
#endif
  // A socket that is not connected names nobody: Linux says so with uid -1.
  if (peer.uid == static_cast<std::uint32_t>(-1)) return os_error("ask who is at the other end of a socket", ENOTCONN);
  return peer;
}

Result<void> check_same_user(const PeerIdentity& peer, const std::string& who) {
  const auto own = static_cast<std::uint32_t>(::geteuid());
  if (peer.uid == own) return {};
  Error error;
  error.code = errc::permission_denied;
  error.message = who + " runs as user " + std::to_string(peer.uid) + ", not as user " + std::to_string(own);
  error.hint = "each user has a daemon of their own; see PTYD_SOCKET and XDG_RUNTIME_DIR";
  error.subject = who;
  return error;
}

}  // namespace ptyd
