// Now, by both clocks.
#pragma once

#include <chrono>

#include "common/boot_clock.hpp"
#include "common/clock.hpp"
#include "daemon/core/age.hpp"

namespace ptyd {

inline Moment moment_now() noexcept {
  return {static_cast<std::uint64_t>(BootClock::now().time_since_epoch().count()), unix_ms()};
}

}  // namespace ptyd
