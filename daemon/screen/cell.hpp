// One cell of a terminal's screen.
#pragma once

#include <cstdint>

namespace ptyd::screen {

// 8 bytes. An all-zero cell is blank in the default style. Character: a code point, or, when cluster() is set,
// an id of the ClusterTable (several code points in one cell). 0: nothing was written here.
struct Cell {
  std::uint32_t bits = 0;
  std::uint16_t style = 0;  // id in the StyleTable
  std::uint16_t link = 0;   // id in the LinkTable

  static constexpr std::uint32_t kCharacter = 0x1fffff;
  static constexpr std::uint32_t kCluster = 1u << 21;
  static constexpr std::uint32_t kWide = 1u << 22;       // left half of a wide character
  static constexpr std::uint32_t kTail = 1u << 23;       // right half; its character is 0
  static constexpr std::uint32_t kProtected = 1u << 24;  // DECSCA
  // Blank only because a wide character did not fit in the last column and went to the next row.
  static constexpr std::uint32_t kWrapSpacer = 1u << 25;

  constexpr std::uint32_t character() const noexcept { return bits & kCharacter; }
  constexpr bool cluster() const noexcept { return (bits & kCluster) != 0; }
  constexpr bool wide() const noexcept { return (bits & kWide) != 0; }
  constexpr bool tail() const noexcept { return (bits & kTail) != 0; }
  constexpr bool is_protected() const noexcept { return (bits & kProtected) != 0; }
  constexpr bool wrap_spacer() const noexcept { return (bits & kWrapSpacer) != 0; }
  constexpr bool empty() const noexcept { return (bits & (kCharacter | kCluster | kTail)) == 0; }
  constexpr bool blank() const noexcept { return bits == 0 && style == 0 && link == 0; }
  bool operator==(const Cell&) const = default;
};
static_assert(sizeof(Cell) == 8);

}  // namespace ptyd::screen
