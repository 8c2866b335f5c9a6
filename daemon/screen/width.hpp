// How many columns a character takes. The same for every session.
#pragma once

#include <cstdint>

#include "daemon/screen/width_table.hpp"

namespace ptyd::screen {

// 0 for combining characters and other characters without an advance, 2 for wide ones, else 1. East Asian ambiguous
// characters take 1. Controls are not asked for; they give 0.
// Source: Unicode 16.0, EastAsianWidth.txt, UnicodeData.txt, emoji-data.txt; the table is generated.
inline int character_width(char32_t character) noexcept {
  return static_cast<int>(character_properties(character) & kWidthMask);
}

// Whether U+FE0F after it makes a wide emoji of a character that is narrow by itself.
inline bool has_emoji_form(char32_t character) noexcept { return (character_properties(character) & kEmojiForm) != 0; }

// Whether `character` belongs into the same grapheme cluster as the character before it.
// Source: UAX #29 of Unicode 16, rules GB3 to GB13.
class ClusterBreaker {
 public:
  // True: a cluster ends before `character`.
  bool breaks_before(char32_t character) noexcept;
  void reset() noexcept { *this = ClusterBreaker(); }

 private:
  bool links(Break property, bool conjunct, char32_t character) noexcept;

  Break previous_ = Break::control;  // at first like after a control: all breaks
  bool emoji_ = false;               // within Extended_Pictographic Extend*
  bool emoji_zwj_ = false;           // that, and then ZWJ
  bool regional_odd_ = false;        // an odd number of regional indicators was before
  bool consonant_ = false;           // within an Indic consonant and what extends it
  bool linked_ = false;              // that, with a virama in it
};

}  // namespace ptyd::screen
