// Where a host keeps input that the pty has not taken yet.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "daemon/host/wire.hpp"

namespace ptyd::host {

// May be shared with nobody but the host that comes after this one: see custody_memory.hpp. Whoever reads it after a
// SIGKILL finds what was stored before, in order, and nothing else; a byte belongs to it from the store to `taken` on.
struct InputMemory {
  std::atomic<std::uint64_t> taken{0};
  std::atomic<std::uint64_t> written{0};
  std::uint64_t origin = 0;  // the count whose byte is at data[0]: moves up when empty, so that typing uses one page
  std::uint64_t line_bytes = 0;
  std::uint32_t line_reported = 0;
  // Of the bytes beyond RingHeader::input_taken, which the daemon does not see yet: their stream.
  std::uint8_t stream[16] = {};
  std::uint64_t accepted = 0;
  std::byte data[kInputWindow];
};

}  // namespace ptyd::host
