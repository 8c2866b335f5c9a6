#include <poll.h>

#include "daemon/host/poller.hpp"

namespace ptyd::host {

void wait_ready(Watch* watches, std::size_t count, int timeout_ms) {
  pollfd polled[kMaxWatches];
  for (std::size_t i = 0; i < count; ++i) {
    const Watch& watch = watches[i];
    const int events = (watch.read ? POLLIN : 0) | (watch.write ? POLLOUT : 0);
    // A negative descriptor: poll() would report a hang-up even to those who ask for nothing.
    polled[i] = {events != 0 ? watch.fd : -1, static_cast<short>(events), 0};
  }
  const bool found = ::poll(polled, static_cast<nfds_t>(count), timeout_ms) > 0;
  for (std::size_t i = 0; i < count; ++i) {
    const int events = found ? polled[i].revents : 0;
    const bool broken = (events & (POLLHUP | POLLERR | POLLNVAL)) != 0;
    watches[i].readable = watches[i].read && (broken || (events & POLLIN) != 0);
    watches[i].writable = watches[i].write && (broken || (events & POLLOUT) != 0);
  }
}

}  // namespace ptyd::host
