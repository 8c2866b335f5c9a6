#include "daemon/screen/width.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace {

using ptyd::screen::character_width;

struct Range {
  std::string_view what;
  char32_t first;
  char32_t last;
  int width;
};

int width(std::u32string_view text) {
  int columns = 0;
  for (const char32_t character : text) columns += character_width(character);
  return columns;
}

TEST(Width, IsOfUnicode16) { EXPECT_EQ(std::string_view(ptyd::screen::kUnicodeVersion), "16.0.0"); }

TEST(Width, FollowsTheProperties) {
  for (const auto& [what, first, last, width] : std::vector<Range>{
           {"controls", 0x00, 0x1F, 0},
           {"ASCII", 0x20, 0x7E, 1},
           {"DEL and C1", 0x7F, 0x9F, 0},
           {"Latin-1 with soft hyphen", 0xA0, 0xFF, 1},
           {"Latin, IPA", 0x100, 0x2FF, 1},
           {"combining marks", 0x300, 0x36F, 0},
           {"Greek, Cyrillic: ambiguous", 0x391, 0x3A9, 1},
           {"enclosing marks", 0x488, 0x489, 0},
           {"Hebrew points", 0x591, 0x5BD, 0},
           {"Devanagari spacing mark", 0x903, 0x903, 1},
           {"Devanagari virama", 0x94D, 0x94D, 0},
           {"Thai vowel above", 0xE31, 0xE31, 0},
           {"Hangul initials", 0x1100, 0x115F, 2},
           {"Hangul vowels and finals", 0x1160, 0x11FF, 0},
           {"Hangul vowels and finals, extended", 0xD7B0, 0xD7FF, 0},
           {"ZWSP, ZWNJ, ZWJ, marks", 0x200B, 0x200F, 0},
           {"dashes and quotes: ambiguous", 0x2013, 0x201F, 1},
           {"separators of lines", 0x2028, 0x2029, 1},
           {"directions", 0x202A, 0x202E, 0},
           {"marks for symbols", 0x20D0, 0x20F0, 0},
           {"euro", 0x20AC, 0x20AC, 1},
           {"watch, hourglass", 0x231A, 0x231B, 2},
           {"box drawing, blocks", 0x2500, 0x259F, 1},
           {"trigrams: wide since 16", 0x2630, 0x2637, 2},
           {"heart", 0x2764, 0x2764, 1},
           {"ideographic space, brackets", 0x3000, 0x3029, 2},
           {"ideographic tone marks", 0x302A, 0x302D, 0},
           {"Hiragana", 0x3041, 0x3096, 2},
           {"voiced sound marks, combining", 0x3099, 0x309A, 0},
           {"CJK", 0x4E00, 0x9FFF, 2},
           {"Hangul", 0xAC00, 0xD7A3, 2},
           {"private use", 0xE000, 0xF8FF, 1},
           {"CJK compatibility, with unassigned", 0xF900, 0xFAFF, 2},
           {"variation selectors", 0xFE00, 0xFE0F, 0},
           {"BOM", 0xFEFF, 0xFEFF, 0},
           {"fullwidth", 0xFF01, 0xFF60, 2},
           {"halfwidth", 0xFF61, 0xFFDC, 1},
           {"replacement character", 0xFFFD, 0xFFFD, 1},
           {"Tangut", 0x17000, 0x187F7, 2},
           {"regional indicators", 0x1F1E6, 0x1F1FF, 1},
           {"emoji", 0x1F600, 0x1F64F, 2},
           {"skin tones", 0x1F3FB, 0x1F3FF, 2},
           {"emoji of 16", 0x1FAE9, 0x1FAE9, 2},
           {"symbols for legacy computing, of 16", 0x1CC00, 0x1CCF9, 1},
           {"not assigned", 0x1FAFF, 0x1FAFF, 1},
           {"CJK extensions, with unassigned", 0x20000, 0x2FFFD, 2},
           {"plane 3, with unassigned", 0x30000, 0x3FFFD, 2},
           {"noncharacters", 0x3FFFE, 0x3FFFF, 1},
           {"plane 4", 0x40000, 0x4FFFF, 1},
           {"tags", 0xE0020, 0xE007F, 0},
           {"variation selectors, more", 0xE0100, 0xE01EF, 0},
           {"the last plane", 0x100000, 0x10FFFF, 1},
           {"beyond", 0x110000, 0x110010, 1},
       }) {
    for (char32_t character = first; character <= last; ++character)
      ASSERT_EQ(character_width(character), width) << what << " U+" << std::hex << static_cast<unsigned>(character);
  }
}

TEST(Width, AddsUpCharactersByThemselves) {
  EXPECT_EQ(width(U"\U0001F600"), 2);
  EXPECT_EQ(width(U"\u2764\uFE0F"), 1);
  EXPECT_EQ(width(U"\U0001F44D\U0001F3FD"), 4);
  EXPECT_EQ(width(U"\U0001F468\u200D\U0001F469\u200D\U0001F467\u200D\U0001F466"), 8);
  EXPECT_EQ(width(U"\U0001F1EF\U0001F1F5"), 2);
  EXPECT_EQ(width(U"e\u0301\u1100\u1161\u11A8"), 3);
}

TEST(Width, KnowsWhatVariationSelector16Widens) {
  for (const char32_t character : U"\u2764\u00A9\u203C\u2600\u270C\U0001F321#*0") {
    if (character == 0) continue;
    EXPECT_TRUE(ptyd::screen::has_emoji_form(character)) << std::hex << static_cast<unsigned>(character);
    EXPECT_EQ(character_width(character), 1);
  }
  for (const char32_t character : U"a\u4E2D\u2500\U0001F600\U0001F1E6")
    EXPECT_FALSE(ptyd::screen::has_emoji_form(character)) << std::hex << static_cast<unsigned>(character);
}

}  // namespace
