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

  // What a guest typed last: never behind bytes of the daemon, which may come behind it. At the end of all, as a host of an
  // older release left none of it, and there is a zero.
  std::atomic<std::uint32_t> guest_bytes{0};  // of guest_data; they belong to it from the store of this on
  std::atomic<std::uint32_t> guest_written{0};
  std::atomic<std::uint32_t> guest_writing{0};   // 1: what is being written is of these
  std::uint8_t guest_stream[16] = {};
  std::uint64_t guest_accepted = 0;              // of that stream, with them
  std::atomic<std::uint64_t> guests_before{0};   // bytes of those that typed before, all of them written
  std::byte guest_data[kMaxGuestInput];

  std::uint64_t all_written() const noexcept {
    return written.load(std::memory_order_relaxed) + guests_before.load(std::memory_order_relaxed) +
           guest_written.load(std::memory_order_relaxed);
  }
};

}  // namespace ptyd::host
