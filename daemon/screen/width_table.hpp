// The table behind width.hpp: in two stages, as most blocks of code points are alike.
#pragma once

#include <cstdint>

namespace ptyd::screen {

// Grapheme_Cluster_Break, and Extended_Pictographic, which only characters have that are `other` in it.
enum class Break : std::uint8_t {
  control,
  cr,
  lf,
  other,
  extend,
  zwj,
  regional_indicator,
  prepend,
  spacing_mark,
  l,
  v,
  t,
  lv,
  lvt,
  pictographic,
};

inline constexpr std::uint32_t kCodePoints = 0x110000;
inline constexpr std::uint32_t kWidthBlock = 128;
inline constexpr unsigned kWidthMask = 0x03;
inline constexpr unsigned kBreakShift = 2;
inline constexpr unsigned kBreakMask = 0x0F;
inline constexpr unsigned kEmojiForm = 0x40;
inline constexpr unsigned kConjunct = 0x80;

extern const char kUnicodeVersion[];
extern const std::uint8_t kWidthBlocks[kCodePoints / kWidthBlock];
extern const std::uint8_t kWidthProperties[];

// Bits 0 and 1: columns. 2 to 5: Break. 6: VS16 makes an emoji of it. 7: Indic_Conjunct_Break is Consonant, where Break
// is other, or Linker, where it is extend.
inline unsigned character_properties(char32_t character) noexcept {
  if (character >= kCodePoints) return 1U | static_cast<unsigned>(Break::other) << kBreakShift;
  return kWidthProperties[kWidthBlocks[character / kWidthBlock] * kWidthBlock + character % kWidthBlock];
}

}  // namespace ptyd::screen
