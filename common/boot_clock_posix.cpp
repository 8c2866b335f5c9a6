#include <time.h>

#include "common/boot_clock.hpp"

namespace ptyd {

BootClock::time_point BootClock::now() noexcept {
  timespec now{};
  if (::clock_gettime(CLOCK_MONOTONIC, &now) != 0) return {};
  return time_point(std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec));
}

}  // namespace ptyd
