// What the program has used, told to the daemon in the ring's page.
#pragma once

#include "daemon/host/wire.hpp"

namespace ptyd::host {

inline EndUsage& end_usage(RingHeader& header) noexcept {
  auto* const page = static_cast<std::byte*>(static_cast<void*>(&header));
  return *static_cast<EndUsage*>(static_cast<void*>(page + kEndUsageOffset));
}

inline void tell_usage(RingHeader& header, std::uint64_t user_us, std::uint64_t system_us,
                       std::uint64_t max_rss_bytes) noexcept {
  EndUsage& usage = end_usage(header);
  if (usage.known.load(std::memory_order_relaxed) != 0) return;
  usage.user_us = user_us;
  usage.system_us = system_us;
  usage.max_rss_bytes = max_rss_bytes;
  usage.known.store(1, std::memory_order_release);
}

}  // namespace ptyd::host
