#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "daemon/host/listener_posix.hpp"

namespace ptyd::host {

namespace {

constexpr int kBacklog = 8;

sockaddr_un address_of(const char* path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path, sizeof address.sun_path - 1);
  return address;
}

Descriptor new_socket() {
  Descriptor socket(::socket(AF_UNIX, SOCK_STREAM, 0));
  if (socket && (::fcntl(socket.fd(), F_SETFD, FD_CLOEXEC) != 0 || ::fcntl(socket.fd(), F_SETFL, O_NONBLOCK) != 0))
    socket.reset();
  return socket;
}

int bind_private(int socket, const sockaddr_un& address) {
  const mode_t old = ::umask(0177);
  const int result = ::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  const int error = errno;
  ::umask(old);
  return result == 0 ? 0 : error;
}

bool somebody_listens(const sockaddr_un& address) {
  const Descriptor probe = new_socket();
  if (!probe) return true;
  if (::connect(probe.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return true;
  return errno != ECONNREFUSED && errno != ENOENT;
}

// Two hosts that start for one session must not both find the leftover dead and replace each other's socket.
Descriptor lock_directory_of(const char* path) {
  char directory[sizeof(sockaddr_un::sun_path)];
  const char* const slash = std::strrchr(path, '/');
  const std::size_t length = slash == path ? 1 : static_cast<std::size_t>(slash - path);
  std::memcpy(directory, path, length);
  directory[length] = 0;
  Descriptor lock(::open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  while (lock && ::flock(lock.fd(), LOCK_EX) != 0)
    if (errno != EINTR) lock.reset();
  return lock;
}

}  // namespace

int Listener::bind_at(const char* path) {
  const sockaddr_un address = address_of(path);
  int error = bind_private(socket_.fd(), address);
  if (error == EADDRINUSE) {
    struct stat found {};
    if (::lstat(path, &found) == 0 && !S_ISSOCK(found.st_mode)) return ENOTSOCK;
    if (somebody_listens(address)) return EADDRINUSE;
    ::unlink(path);
    error = bind_private(socket_.fd(), address);
  }
  return error;
}

int Listener::open(const char* path) {
  if (std::strlen(path) >= sizeof path_) return ENAMETOOLONG;
  const Descriptor lock = lock_directory_of(path);
  if (!lock) return errno;
  socket_ = new_socket();
  if (!socket_) return errno;
  if (const int error = bind_at(path); error != 0) return error;
  std::strcpy(path_, path);
  struct stat made {};
  if (::lstat(path, &made) != 0) return errno;
  device_ = made.st_dev;
  inode_ = made.st_ino;
  // Within the lock: until it listens, our socket looks like a dead one.
  if (::listen(socket_.fd(), kBacklog) != 0) {
    const int error = errno;
    remove();
    return error;
  }
  return 0;
}

void Listener::remove() noexcept {
  struct stat found {};
  if (path_[0] != 0 && ::lstat(path_, &found) == 0 && found.st_dev == device_ && found.st_ino == inode_)
    ::unlink(path_);
  path_[0] = 0;
}

}  // namespace ptyd::host
