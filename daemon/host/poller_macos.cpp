#include <sys/select.h>

#include <algorithm>

#include "daemon/host/poller.hpp"

namespace ptyd::host {

// poll() and kqueue() don't work on terminals there. The host's few descriptors are far below FD_SETSIZE.
void wait_ready(Watch* watches, std::size_t count, int timeout_ms) {
  fd_set to_read;
  fd_set to_write;
  FD_ZERO(&to_read);
  FD_ZERO(&to_write);
  int highest = -1;
  for (std::size_t i = 0; i < count; ++i) {
    const Watch& watch = watches[i];
    if (watch.fd < 0 || watch.fd >= FD_SETSIZE) continue;
    if (watch.read) FD_SET(watch.fd, &to_read);
    if (watch.write) FD_SET(watch.fd, &to_write);
    if (watch.read || watch.write) highest = std::max(highest, watch.fd);
  }
  timeval timeout{timeout_ms / 1000, timeout_ms % 1000 * 1000};
  const bool found = ::select(highest + 1, &to_read, &to_write, nullptr, timeout_ms < 0 ? nullptr : &timeout) > 0;
  for (std::size_t i = 0; i < count; ++i) {
    Watch& watch = watches[i];
    const bool usable = found && watch.fd >= 0 && watch.fd < FD_SETSIZE;
    watch.readable = usable && watch.read && FD_ISSET(watch.fd, &to_read);
    watch.writable = usable && watch.write && FD_ISSET(watch.fd, &to_write);
  }
}

}  // namespace ptyd::host
