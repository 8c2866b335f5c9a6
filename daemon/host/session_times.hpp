// When the session began and ended, told to the daemon in the ring's page.
#pragma once

#include "daemon/host/wire.hpp"

namespace ptyd::host {

inline SessionTimes& session_times(RingHeader& header) noexcept {
  auto* const page = static_cast<std::byte*>(static_cast<void*>(&header));
  return *static_cast<SessionTimes*>(static_cast<void*>(page + kSessionTimesOffset));
}

}  // namespace ptyd::host
