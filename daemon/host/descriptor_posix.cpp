#include <unistd.h>

#include "daemon/host/descriptor.hpp"

namespace ptyd::host {

void Descriptor::reset(int fd) noexcept {
  if (fd_ >= 0) ::close(fd_);
  fd_ = fd;
}

}  // namespace ptyd::host
