#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "common/local_endpoint.hpp"
#include "common/peer_identity.hpp"

namespace ptyd {

namespace {

Result<sockaddr_un> make_address(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  // A path that begins with NUL would be an abstract address, which has no owner and no permissions.
  if (path.empty() || path.find('\0') != std::string::npos || path.size() >= sizeof address.sun_path) {
    Error error;
    error.code = errc::invalid_argument;
    error.message = "socket path '" + path + "' has " + std::to_string(path.size()) + " bytes; it must have 1 to " +
                    std::to_string(sizeof address.sun_path - 1) + " and no NUL";
    error.hint = "choose a shorter one with --socket or PTYD_SOCKET";
    error.subject = path;
    return error;
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

const sockaddr* generic(const sockaddr_un& address) { return reinterpret_cast<const sockaddr*>(&address); }

Result<UniqueHandle> make_socket() {
#ifdef SOCK_CLOEXEC
  UniqueHandle socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return os_error("make a socket", errno);
#else
  UniqueHandle socket(::socket(AF_UNIX, SOCK_STREAM, 0));
  if (!socket) return os_error("make a socket", errno);
  if (::fcntl(socket.fd(), F_SETFD, FD_CLOEXEC) != 0 || ::fcntl(socket.fd(), F_SETFL, O_NONBLOCK) != 0)
    return os_error("set up a socket", errno);
#endif
#ifdef SO_NOSIGPIPE
  const int on = 1;
  if (::setsockopt(socket.fd(), SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on) != 0)
    return os_error("set up a socket", errno);
#endif
  return socket;
}

int bind_private(int socket, const sockaddr_un& address) {
  // The mode must be right before anybody can see the socket, so it can't be set afterwards.
  const mode_t old_mask = ::umask(0177);
  const int result = ::bind(socket, generic(address), sizeof address) == 0 ? 0 : errno;
  ::umask(old_mask);
  return result;
}

Error taken(const std::string& path, const char* why, const char* hint) {
  Error error;
  error.code = errc::already_exists;
  error.message = "listen on " + path + ": " + why;
  error.hint = hint;
  error.subject = path;
  return error;
}

// Removes a socket file that nobody listens on.
Result<void> remove_leftover(const std::string& path, const sockaddr_un& address) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0) {
    if (errno == ENOENT) return {};
    return os_error("look at " + path, errno);
  }
  if (!S_ISSOCK(info.st_mode) || info.st_uid != ::geteuid())
    return taken(path, "something that is no socket of ours is in the way", "remove it, or choose another path");
  auto probe = make_socket();
  if (!probe) return probe.error();
  if (::connect(probe->fd(), generic(address), sizeof address) == 0 || errno != ECONNREFUSED)
    return taken(path, "somebody listens there", "");
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return os_error("remove the leftover socket " + path, errno);
  return {};
}

Error connect_error(const std::string& path, int error_number) {
  auto error = os_error("connect to " + path, error_number);
  error.subject = path;
  if (error_number == ECONNREFUSED || error_number == EAGAIN) error.code = errc::unavailable;
  if (error_number == ECONNREFUSED) error.message = "connect to " + path + ": nobody listens";
  if (error_number == EAGAIN) {
    error.message = "connect to " + path + ": its queue is full";
    error.hint = "the daemon is busy or stuck: try again, or look at 'ptyctl doctor'";
  }
  return error;
}

}  // namespace

Result<UniqueHandle> listen_local(const std::string& path) {
  const auto address = make_address(path);
  if (!address) return address.error();
  auto socket = make_socket();
  if (!socket) return socket;
  int failed = bind_private(socket->fd(), *address);
  if (failed == EADDRINUSE) {
    if (const auto removed = remove_leftover(path, *address); !removed) return removed.error();
    failed = bind_private(socket->fd(), *address);
  }
  if (failed != 0) return os_error("bind " + path, failed);
  if (::listen(socket->fd(), SOMAXCONN) != 0) {
    const int reason = errno;
    ::unlink(path.c_str());
    return os_error("listen on " + path, reason);
  }
  return socket;
}

Result<UniqueHandle> connect_local(const std::string& path) {
  const auto address = make_address(path);
  if (!address) return address.error();
  auto socket = make_socket();
  if (!socket) return socket;
  // A local socket connects at once or not at all, so a non-blocking one needs no wait; EINTR leaves the
  // attempt undone on Linux and done elsewhere.
  while (::connect(socket->fd(), generic(*address), sizeof *address) != 0) {
    if (errno == EISCONN) break;
    if (errno != EINTR) return connect_error(path, errno);
  }
  const auto peer = peer_identity(socket->fd());
  if (!peer) return peer.error();
  if (const auto same = check_same_user(*peer, "the listener at " + path); !same) return same.error();
  return socket;
}

}  // namespace ptyd
