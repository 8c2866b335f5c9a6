// Which messages a connection may send when, and how long they may be.
#pragma once

#include <cstdint>

#include "daemon/host/wire.hpp"

namespace ptyd::host {

struct Standing {
  bool greeted = false;
  bool attached = false;                  // it is the daemon's
  bool guest = false;                     // it has joined
  std::uint32_t bytes_of_descriptor = 0;  // that a descriptor takes of a message's size
};

bool allowed(const MessageHeader& message, const Standing& standing) noexcept;

}  // namespace ptyd::host
