#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/screen/width.hpp"

namespace {

using ptyd::screen::ClusterBreaker;

// The text with a '|' before each cluster but the first.
std::u32string split(std::u32string_view text) {
  ClusterBreaker breaker;
  std::u32string out;
  for (const char32_t character : text) {
    const bool breaks = breaker.breaks_before(character);
    if (breaks && !out.empty()) out.push_back(U'|');
    out.push_back(character);
  }
  return out;
}

struct Case {
  std::string_view name;
  std::u32string_view clusters;  // as split() returns it
};

// By the rules of UAX #29.
const std::vector<Case>& cases() {
  static const std::vector<Case> all = {
      {"letters", U"a|b|c"},
      {"GB3 CR LF", U"a|\r\n|b"},
      {"GB4, GB5 controls", U"a|\n|\u0301|\r|\r|\u200B|\u0301"},
      {"GB6 initials", U"\u1100\u1100\u1161|\u1100\uAC00|\u1100\uAC01|\u1100|\u11A8"},
      {"GB7 vowels", U"\uAC00\u1161\u11A8|\u1161\u1161\u11A8|\u1161|\u1100"},
      {"GB8 finals", U"\uAC01\u11A8\u11A8|\u1161|\uAC01|\uAC00|\uAC01"},
      {"GB9 extend and ZWJ", U"e\u0301\u0308|a\u200D|b\uFE0F|\u4E2D\u3099|c\U0001F3FD"},
      {"GB9a spacing marks", U"\u0915\u0903|\u0E01\u0E33|a\u093E"},
      {"GB9b prepend", U"\u0600a|\u0600\u0600\u4E2D|\u0600|\n"},
      {"GB9c conjuncts", U"\u0915\u094D\u0937\u093F|\u0915\u094D\u0937\u094D\u092E|\u0915|\u0937"},
      {"GB9c with extend and ZWJ", U"\u0915\u093C\u200D\u094D\u0924|\u0915\u094D\u200D\u0924|\u0915\u094D\u094D\u0924"},
      {"GB9c without a virama", U"\u0915\u093C|\u0924|\u0915\u200D|\u0924"},
      {"GB9c parted by ZWNJ", U"\u0915\u094D\u200C|\u0924|\u0915\u200C\u094D|\u0924"},
      {"GB9c not with others", U"\u0915\u094D|a\u094D|\u0924|\u0915\u094D|\u0905"},
      {"GB9c of other scripts", U"\u0D15\u0D4D\u0D37|\u0995\u09CD\u09B7|\u0B95\u0BCD|\u0BB7|\u1780\u17D2|\u1780"},
      {"GB11 emoji joined", U"\U0001F468\u200D\U0001F469\u200D\U0001F467|\U0001F468"},
      {"GB11 with extend", U"\U0001F44D\U0001F3FD\u200D\u2764\uFE0F\u200D\U0001F525|x"},
      {"GB11 only after an emoji", U"a\u200D|\U0001F468|a\u200D|\U0001F468"},
      {"GB11 only with one ZWJ", U"\U0001F468\u200D\u200D|\U0001F469"},
      {"GB11 not for letters", U"\U0001F468\u200D|a"},
      {"GB12 flags", U"\U0001F1EF\U0001F1F5|\U0001F1E9\U0001F1EA|\U0001F1E6"},
      {"GB13 flags after text", U"a|\U0001F1EF\U0001F1F5|b|\U0001F1E6|c"},
      {"GB13 extend parts flags", U"\U0001F1EF\u200D|\U0001F1F5\U0001F1E9"},
      {"keycap", U"#\uFE0F\u20E3|1"},
      {"tags", U"\U0001F3F4\U000E0067\U000E0062\U000E007F|a"},
      {"sequence of GB999", U"a|\U0001F468|\uAC00|\U0001F1E6|b"},
  };
  return all;
}

std::u32string without_marks(std::u32string_view clusters) {
  std::u32string text;
  for (const char32_t character : clusters)
    if (character != U'|') text.push_back(character);
  return text;
}

TEST(ClusterBreaker, FollowsTheRules) {
  for (const auto& [name, clusters] : cases()) EXPECT_EQ(split(without_marks(clusters)), clusters) << name;
}

TEST(ClusterBreaker, BreaksBeforeTheFirstCharacterAfterReset) {
  ClusterBreaker breaker;
  EXPECT_TRUE(breaker.breaks_before(U'\u0301'));
  EXPECT_TRUE(breaker.breaks_before(U'a'));
  EXPECT_FALSE(breaker.breaks_before(U'\u0301'));
  breaker.reset();
  EXPECT_TRUE(breaker.breaks_before(U'\u0301'));
}

}  // namespace
