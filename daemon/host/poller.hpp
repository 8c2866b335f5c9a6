// Waits for descriptors.
#pragma once

#include <cstddef>

namespace ptyd::host {

struct Watch {
  int fd = -1;
  bool read = false;  // wanted
  bool write = false;
  bool readable = false;  // found; an error or a hang-up counts as whatever was wanted
  bool writable = false;
};

inline constexpr std::size_t kMaxWatches = 24;

// Waits until one of at most kMaxWatches is ready, a signal came, or `timeout_ms` (negative: for ever) is
// over. Entries for which nothing is wanted are left out entirely.
void wait_ready(Watch* watches, std::size_t count, int timeout_ms);

}  // namespace ptyd::host
