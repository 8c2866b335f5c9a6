// The daemon's view of a host's shared ring: validated, never trusted.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/error.hpp"
#include "common/unique_handle.hpp"
#include "daemon/host/wire.hpp"

namespace ptyd {

// A stretch of ring memory: at most two pieces because of the wrap. Valid while the floor protects it.
struct RingSpans {
  std::span<const std::byte> first;
  std::span<const std::byte> second;
  std::size_t size() const noexcept { return first.size() + second.size(); }
};

enum class RingAccess { read, read_and_write };

// The window had this size from the output at `offset` on.
struct SizeChange {
  std::uint64_t offset = 0;
  host::Resize size{};
};

// What the program, and those of its descendants that it waited for, have used.
struct ProgramUsage {
  std::uint64_t user_us = 0;
  std::uint64_t system_us = 0;
  std::uint64_t max_rss_bytes = 0;  // of the largest one
};

// Owned by a HostLink. Every number read from shared memory is bounded before it is used.
// Thread: any, but one at a time, except head(), oldest(), read(), size_changes() and what else only reads.
class RingView {
 public:
  // Maps the ring. Errors: malformed when magic, version, capacity or the size of `ring` do not fit
  // (checked by fstat and, on Linux, the seals; on Windows by the mapped size), so that a bad host can't make us fault.
  // For reading only: then nothing may be called that sets or asks for anything.
  static Result<RingView> map(const UniqueHandle& ring, RingAccess access = RingAccess::read_and_write);
  RingView(RingView&& other) noexcept;
  RingView& operator=(RingView&& other) noexcept;
  ~RingView();

  std::uint64_t capacity() const noexcept { return capacity_; }
  // One past the newest byte. Never goes back, even if the host lies.
  std::uint64_t head() const noexcept;
  // Oldest byte that is certainly not being overwritten now.
  std::uint64_t oldest() const noexcept;

  // Sets the floor: nothing at or above `offset` will be overwritten from now on. Returns the oldest byte
  // that is really safe, which is above `offset` when the host was faster (wire.hpp, RingHeader::floor).
  std::uint64_t hold(std::uint64_t offset) noexcept;
  void release() noexcept;  // no floor
  std::uint64_t floor() const noexcept;
  // How many clients the floor is held for, and their names, as far as there is room, but for 0: kept for the
  // daemon that comes after us. Whoever dies in between leaves no fewer than before or after.
  void set_floor_holders(std::uint32_t count, std::span<const std::uint64_t> names) noexcept;
  std::uint32_t floor_holders() const noexcept;
  std::vector<std::uint64_t> floor_names() const;
  // True when the host waits for the floor to rise: send it kCredit after raising.
  bool host_waits() const noexcept;

  // The bytes [offset, offset + max) that exist. Empty when offset is outside [oldest, head]. Only
  // between hold(<= offset) and release() is the memory stable.
  RingSpans read(std::uint64_t offset, std::size_t max) const noexcept;

  // Asks for a wake-up when there is output beyond `seen`. False: there is some already and the host is
  // not in a burst, so no wake-up will come: read now. What others have asked for stays.
  bool arm_output(std::uint64_t seen) noexcept;
  // Asks for a wake-up when input moves beyond `taken` and `written`. False: it has already.
  bool arm_input(std::uint64_t taken, std::uint64_t written) noexcept;

  std::uint64_t input_taken() const noexcept;
  // As input_taken(), but never behind what input_stream() has told: that comes first.
  std::uint64_t input_reached() const noexcept;
  std::uint64_t input_written() const noexcept;
  std::uint64_t guests_taken() const noexcept;
  std::uint64_t long_lines() const noexcept;
  // Bytes accepted of the stream with this 16-byte id; nothing when the host does not know it.
  bool input_stream(const std::array<std::uint8_t, 16>& id, std::uint64_t& accepted) const noexcept;

  // True when the host may have forgotten a stream to make room for others.
  bool input_streams_full() const noexcept;

  host::State state() const noexcept;
  bool stream_ended() const noexcept;
  host::ExitKind exit_kind() const noexcept;  // valid when state() is exited
  std::uint32_t exit_value() const noexcept;
  std::uint64_t exit_unix_ms() const noexcept;
  // Nothing: it has not ended, or its host does not know.
  std::optional<ProgramUsage> usage() const noexcept;
  std::uint64_t started_unix_ms() const noexcept;
  // By the clock of host::SessionTimes; 0: not known.
  std::uint64_t started_boot_ns() const noexcept;
  std::uint64_t exit_boot_ns() const noexcept;
  std::uint64_t last_output_unix_ms() const noexcept;
  host::Resize window_size() const noexcept;
  std::uint64_t resizes() const noexcept;
  // The sizes that the window was given from the `from`th on, as far as they are remembered, in order. Complete up to
  // head() when head() was read before. Returns the number of the first one, which is above `from` when some are lost.
  std::uint64_t size_changes(std::uint64_t from, std::vector<SizeChange>& changes) const;
  std::uint32_t child_pid() const noexcept;
  std::uint32_t host_pid() const noexcept;

 private:
  RingView(host::RingHeader* header, std::size_t mapped_bytes, std::uint64_t capacity) noexcept;
  host::FloorNames& name_table() const noexcept;

  host::RingHeader* header_ = nullptr;
  std::size_t mapped_bytes_ = 0;
  std::uint64_t capacity_ = 0;
  mutable std::atomic<std::uint64_t> highest_head_{0};
};

}  // namespace ptyd
