// What an attachment should do next about output, and how far it may hold the program back.
#pragma once

#include <cstdint>
#include <limits>
#include <span>

namespace ptyd {

// What happens to an attachment that does not keep up.
enum class FlowPolicy : std::uint8_t {
  resync,      // it skips to a snapshot
  lossless,    // the program waits for it
  disconnect,  // it ends
};

// Where one attachment is. Offsets count the session's output bytes; [oldest, head) can be read.
struct FlowInput {
  FlowPolicy policy = FlowPolicy::resync;
  std::uint64_t cursor = 0;  // of the next byte to send
  std::uint64_t oldest = 0;
  std::uint64_t head = 0;
  std::uint64_t credit = 0;
  std::uint64_t max_data = 0;  // largest piece, at least 1
};

enum class FlowStep : std::uint8_t { wait_output, wait_credit, send, resync, fell_behind };

struct FlowDecision {
  FlowStep step = FlowStep::wait_output;
  std::uint64_t bytes = 0;  // send: how many, from the cursor
  bool operator==(const FlowDecision&) const = default;
};

// A lossless attachment whose bytes are gone has fallen behind, too: it must not skip unnoticed.
FlowDecision next_step(const FlowInput& in) noexcept;

// Whether the host must not overwrite what this attachment has yet to read. A lossless one is always waited
// for, others only while they lag by at most half of the buffer.
bool holds_floor(FlowPolicy policy, std::uint64_t cursor, std::uint64_t head, std::uint64_t capacity) noexcept;

struct FloorHolder {
  std::uint64_t cursor = 0;
};

// The oldest offset that somebody holds.
inline constexpr std::uint64_t kNobodyHolds = std::numeric_limits<std::uint64_t>::max();
std::uint64_t floor_of(std::span<const FloorHolder> holders) noexcept;

}  // namespace ptyd
