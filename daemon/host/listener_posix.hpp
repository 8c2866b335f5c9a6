// The host's own socket in the private runtime directory.
#pragma once

#include <cstdint>

#include "daemon/host/descriptor.hpp"

namespace ptyd::host {

class Listener {
 public:
  // Binds and listens at `path`, mode 0600 from the start. A socket that nobody listens on is replaced.
  // 0, or an errno: EADDRINUSE when a host is there already. `path` must fit a socket address.
  int open(const char* path);
  int fd() const noexcept { return socket_.fd(); }
  // Removes the socket, if it is still the one we made.
  void remove() noexcept;

 private:
  int bind_at(const char* path);

  Descriptor socket_;
  char path_[128] = {};
  std::uint64_t device_ = 0;
  std::uint64_t inode_ = 0;
};

}  // namespace ptyd::host
