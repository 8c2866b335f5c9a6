// A stream of bytes in which every offset can be checked by itself, so that a lost, doubled or swapped byte is
// found with its place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace ptyd {

// splitmix64 of the position: eight bytes of the stream.
inline std::uint64_t pattern_word(std::uint64_t seed, std::uint64_t index) noexcept {
  std::uint64_t x = (seed ^ 0x5851f42d4c957f2dU) + (index + 1) * 0x9e3779b97f4a7c15U;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31);
}

inline std::byte pattern_byte(std::uint64_t seed, std::uint64_t offset) noexcept {
  return static_cast<std::byte>(pattern_word(seed, offset / 8) >> (offset % 8 * 8));
}

// Writes bytes [offset, offset + size) of the stream that `seed` names.
inline void fill_pattern(std::uint64_t seed, std::uint64_t offset, std::span<std::byte> to) noexcept {
  std::uint64_t word = pattern_word(seed, offset / 8);
  for (std::byte& byte : to) {
    byte = static_cast<std::byte>(word >> (offset % 8 * 8));
    if (++offset % 8 == 0) word = pattern_word(seed, offset / 8);
  }
}

// The index in `bytes` of the first that is not the stream's at `offset` + index; nothing when all fit.
inline std::optional<std::size_t> check_pattern(std::uint64_t seed, std::uint64_t offset,
                                                std::span<const std::byte> bytes) noexcept {
  std::uint64_t word = pattern_word(seed, offset / 8);
  for (std::size_t i = 0; i < bytes.size(); ++i, ++offset) {
    if (offset % 8 == 0) word = pattern_word(seed, offset / 8);
    if (bytes[i] != static_cast<std::byte>(word >> (offset % 8 * 8))) return i;
  }
  return std::nullopt;
}

// Makes printable ASCII of what fill_pattern() wrote. A terminal answers queries in random bytes, and the answers would
// come between what is typed; and bytes that look like such an answer are not typed.
inline void make_printable(std::span<std::byte> bytes) noexcept {
  for (std::byte& byte : bytes) byte = (byte & std::byte{0x3f}) | std::byte{0x20};
}

// FNV-1a of 64 bits over what comes piece by piece.
class Fnv1a {
 public:
  void add(std::span<const std::byte> bytes) noexcept {
    for (const std::byte byte : bytes) value_ = (value_ ^ static_cast<std::uint64_t>(byte)) * 0x100000001b3U;
  }
  std::uint64_t value() const noexcept { return value_; }

 private:
  std::uint64_t value_ = 0xcbf29ce484222325U;
};

}  // namespace ptyd
