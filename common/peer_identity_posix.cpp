#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>

#include "common/peer_identity.hpp"

namespace ptyd {

Result<PeerIdentity> peer_identity(UniqueHandle::Native native) {
  const int socket = static_cast<int>(native);
  PeerIdentity peer;
  uid_t uid = 0;
#ifdef SO_PEERCRED
#ifdef __OpenBSD__
  struct sockpeercred credentials {};
#else
  struct ucred credentials {};
#endif
  socklen_t size = sizeof credentials;
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0)
    return os_error("ask who is at the other end of a socket", errno);
  uid = credentials.uid;
  peer.pid = credentials.pid > 0 ? static_cast<std::uint64_t>(credentials.pid) : 0;
#else
  gid_t gid = 0;
  if (::getpeereid(socket, &uid, &gid) != 0) return os_error("ask who is at the other end of a socket", errno);
#ifdef LOCAL_PEERPID
  pid_t pid = 0;
  socklen_t size = sizeof pid;
  if (::getsockopt(socket, SOL_LOCAL, LOCAL_PEERPID, &pid, &size) == 0 && pid > 0)
    peer.pid = static_cast<std::uint64_t>(pid);
#endif
#endif
  // A socket that is not connected names nobody: Linux says so with uid -1.
  if (uid == static_cast<uid_t>(-1)) return os_error("ask who is at the other end of a socket", ENOTCONN);
  peer.user = std::to_string(uid);
  return peer;
}

PeerIdentity own_identity() {
  PeerIdentity own;
  own.user = std::to_string(::geteuid());
  own.pid = static_cast<std::uint64_t>(::getpid());
  return own;
}

}  // namespace ptyd
