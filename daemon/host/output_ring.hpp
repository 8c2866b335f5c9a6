// The host's side of the shared ring: where output may be written, and when the daemon is to be woken.
#pragma once

#include <cstddef>
#include <cstdint>

#include "daemon/host/wire.hpp"

namespace ptyd::host {

// Memory order: each pair (reserve, floor), (head, output_armed), (burst, output_armed) and
// (waiting_at_floor, floor) is a store followed by a load on both sides, so all of it is seq_cst. Positions are
// kept here too: what the daemon does to shared memory can't move them.
class OutputRing {
 public:
  // Two pieces where the ring wraps.
  struct Room {
    std::byte* first;
    std::size_t first_bytes;
    std::byte* second;
    std::size_t second_bytes;
    std::size_t bytes() const noexcept { return first_bytes + second_bytes; }
  };

  // Lays the header out in fresh, zeroed memory of kDataOffset + `capacity` bytes.
  void create(void* memory, std::uint64_t capacity) noexcept;
  // Goes on in memory of `bytes` that another host has used. False: it is no ring.
  bool adopt(void* memory, std::size_t bytes) noexcept;
  // Output up to `head` is there, though the host before did not say so.
  void restore_head(std::uint64_t head) noexcept;
  RingHeader& header() noexcept { return *header_; }
  std::uint64_t head() const noexcept { return head_; }

  // Memory for at most `want` bytes of output; none when the floor forbids it. Followed by commit().
  Room reserve(std::size_t want, bool ignore_floor) noexcept;
  // `bytes` were written there: readers may have them.
  void commit(std::size_t bytes) noexcept;

  // Says that we stop because of the floor. False: the floor has moved meanwhile, go on.
  bool wait_at_floor() noexcept;
  void stop_waiting() noexcept;

  void set_burst(bool on) noexcept;
  // True, once, when the daemon asked to be woken for output (or for input).
  bool take_output_wake() noexcept;
  bool take_input_wake() noexcept;

 private:
  std::uint64_t limit() const noexcept;

  RingHeader* header_ = nullptr;
  std::byte* data_ = nullptr;
  std::uint64_t capacity_ = 0;
  std::uint64_t head_ = 0;
};

}  // namespace ptyd::host
