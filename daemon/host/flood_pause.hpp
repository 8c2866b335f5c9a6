// How long to leave a console's output alone while a program floods it.
#pragma once

#include <cstdint>

namespace ptyd::host {

// A console host writes a flood in small pieces, and each that is passed on by itself costs several calls of the
// system, here, in the daemon and in clients. Who stays away for a moment gets many at once. A program that writes
// little at a time, and one that somebody types to, is never left waiting.
class FloodPause {
 public:
  // A read of `bytes` has ended at `now_ns` of monotonic_ns(). Returns how long not to read, in ns; 0: read on.
  std::uint64_t after_read(std::uint64_t bytes, std::uint64_t now_ns) noexcept;
  // Input was passed on.
  void typed(std::uint64_t now_ns) noexcept;
  // Somebody types.
  bool typing(std::uint64_t now_ns) const noexcept { return now_ns < typing_end_ns_; }

  static constexpr std::uint64_t kFloodBytes = 16 * 1024;  // from then on it is one
  static constexpr std::uint64_t kLargeRead = 32 * 1024;   // half of what a read and the pipe can hold
  static constexpr std::uint64_t kShortestNs = 250'000;
  static constexpr std::uint64_t kLongestNs = 2'000'000;
  static constexpr std::uint64_t kBreakNs = 5'000'000;  // without output: it is over
  static constexpr std::uint64_t kTypingNs = 100'000'000;

 private:
  std::uint64_t read_ns_ = 0;
  std::uint64_t typing_end_ns_ = 0;
  std::uint64_t flood_bytes_ = 0;
  std::uint64_t pause_ns_ = kShortestNs;
};

}  // namespace ptyd::host
