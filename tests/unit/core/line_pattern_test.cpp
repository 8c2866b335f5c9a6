#include "daemon/core/line_pattern.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace ptyd {
namespace {

TEST(LinePattern, FindsTextAndPatterns) {
  struct Case {
    std::string_view pattern;
    bool plain;
    std::string_view line;
    const char* found;  // nullptr: nothing
  };
  const std::vector<Case> cases{
      {"a.c", true, "xa.cx", "a.c"},
      {"a.c", true, "xabcx", nullptr},
      {"a.c", false, "xabcx", "abc"},
      {"^\\d+$", false, "42", "42"},
      {"^\\d+$", false, " 42", nullptr},
      {"^$", false, "", ""},
      {"x*", false, "abc", ""},
      {"\xc3\xa9", true, "caf\xc3\xa9", "\xc3\xa9"},
      {"(?i)error|failed", false, "It FAILED", "FAILED"},
  };
  for (const auto& [pattern, plain, line, found] : cases) {
    SCOPED_TRACE(std::string(pattern) + " in " + std::string(line));
    const auto compiled = plain ? LinePattern::plain(std::string(pattern), "p") : LinePattern::regex(std::string(pattern), "p");
    ASSERT_TRUE(compiled);
    const auto match = compiled->find(line);
    ASSERT_EQ(match.has_value(), found != nullptr);
    if (match) {
      EXPECT_EQ(match->text, found);
      EXPECT_EQ(match->line, line);
    }
  }
}

TEST(LinePattern, WhatIsShownOfALongLineIsBoundedAndCutBetweenCharacters) {
  const auto pattern = LinePattern::regex("b.*", "p");
  std::string line(5000, 'a');
  line += 'b';
  for (int i = 0; i < 3000; ++i) line += "\xc3\xa9";
  const auto found = pattern->find(line);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->text.size(), LinePattern::kMaxShown - 1) << "a character would be cut";
  EXPECT_EQ(found->line, found->text) << "of a long line, what begins with the match";
}

TEST(LinePattern, RefusesWhatIsMalformedOrTakesTooMuch) {
  for (const std::string pattern : {"", "(", "a\\1", "(x{1000}){1000}", "\xff"}) {
    const auto compiled = LinePattern::regex(pattern, "if_match");
    ASSERT_FALSE(compiled) << pattern;
    EXPECT_EQ(compiled.error().code, errc::invalid_argument);
    EXPECT_EQ(compiled.error().subject, "if_match");
  }
  EXPECT_FALSE(LinePattern::regex(std::string(1025, 'x'), "p"));
  EXPECT_TRUE(LinePattern::regex(std::string(1024, 'x'), "p"));
}

}  // namespace
}  // namespace ptyd
