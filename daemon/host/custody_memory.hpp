// What a host leaves to the one that goes on after its death: how far it was, whenever that comes.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "daemon/host/input_memory.hpp"
#include "daemon/host/wire.hpp"

namespace ptyd::host {

inline constexpr std::uint32_t kCustodyMagic = 0x53554350;  // "PCUS"
inline constexpr std::uint32_t kCustodyVersion = 1;

// Between a read of the pty and the store of what it brought a SIGKILL may come, and the bytes are in the ring without
// being counted. But the kernel counts what a process reads and writes, and tells it of a dead one too, until that is
// waited for. While a host reads nothing else, that count and the ring's head rise alike: their difference, noted
// once, tells the true head. The same goes for writing.
struct CustodyMemory {
  std::atomic<std::uint32_t> magic{0};  // only while the host keeps it right
  std::uint32_t version = 0;
  std::atomic<std::uint32_t> reading{0};       // 1: head may be behind what was read
  std::atomic<std::uint32_t> writing{0};       // so many bytes were being written: input.written may be behind
  std::atomic<std::uint64_t> read_origin{0};   // bytes read by the process less head
  std::atomic<std::uint64_t> write_origin{0};  // bytes written by it less input.all_written()
  InputMemory input;
};

// What the kernel has counted of a process.
struct IoCounts {
  std::uint64_t read = 0;
  std::uint64_t written = 0;
};

// How far the host was.
struct Left {
  bool known = false;           // false: nothing was kept
  bool output_missing = false;  // some output behind `head` may have been read
  std::uint64_t head = 0;
  std::uint64_t written = 0;
  std::uint64_t uncertain = 0;  // bytes of input behind `written` that may have been written, or not
  // The same of InputMemory::guest_data.
  std::uint32_t guest_written = 0;
  std::uint32_t guest_uncertain = 0;
};

// `counts`: of the dead host; null when nobody could look at them before it was waited for. Without them, or where they
// don't fit, all is still certain but for what the host was just doing.
Left what_is_left(const CustodyMemory& memory, const RingHeader& header, const IoCounts* counts) noexcept;

}  // namespace ptyd::host
