#include "daemon/screen/utf8.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace {

std::u32string decode(std::string_view text) {
  std::u32string characters;
  while (!text.empty()) characters.push_back(ptyd::screen::take_utf8(text));
  return characters;
}

TEST(Utf8, EncodesAndDecodesEveryScalarValue) {
  for (char32_t character = 0; character < 0x110000; ++character) {
    if (character >= 0xD800 && character <= 0xDFFF) continue;
    std::string text;
    ptyd::screen::append_utf8(text, character);
    ASSERT_EQ(text.size(), character < 0x80 ? 1U : character < 0x800 ? 2U : character < 0x10000 ? 3U : 4U);
    std::string_view rest = text;
    ASSERT_EQ(ptyd::screen::take_utf8(rest), character);
    ASSERT_TRUE(rest.empty());
  }
}

TEST(Utf8, EncodesAsTheStandardDoes) {
  std::string text;
  for (const char32_t character : {U'a', U'\u00e9', U'\u4e2d', U'\U0001f600'})
    ptyd::screen::append_utf8(text, character);
  EXPECT_EQ(text, "a\xc3\xa9\xe4\xb8\xad\xf0\x9f\x98\x80");
}

// Unicode 16, tables 3-8 to 3-11.
TEST(Utf8, ReplacesEachMaximalSubpartOfWhatIsIllFormed) {
  struct Case {
    std::string_view text;
    std::u32string_view characters;
  };
  for (const auto& [text, characters] : std::vector<Case>{
           {"\xc0\xaf\xe0\x80\xbf\xf0\x81\x82\x41", U"\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\u0041"},
           {"\xed\xa0\x80\xed\xbf\xbf\xed\xaf\x41", U"\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\u0041"},
           {"\xf4\x91\x92\x93\xff\x41\x80\xbf\x42", U"\ufffd\ufffd\ufffd\ufffd\ufffd\u0041\ufffd\ufffd\u0042"},
           {"\xe1\x80\xe2\xf0\x91\x92\xf1\xbf\x41", U"\ufffd\ufffd\ufffd\ufffd\u0041"},
           {"\xe4\xb8", U"\ufffd"},
           {"\xf5\x80\xc1\xc2", U"\ufffd\ufffd\ufffd\ufffd"},
       }) {
    EXPECT_EQ(decode(text), characters) << testing::PrintToString(text);
  }
}

}  // namespace
