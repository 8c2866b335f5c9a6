#include "common/escape.hpp"

#include <gtest/gtest.h>

namespace ptyd {
namespace {

struct Case {
  std::string bytes;
  std::string text;
};

TEST(EscapeText, LeavesOnlyWhatCanBeShown) {
  const Case cases[] = {
      {"", ""},
      {"plain text 123", "plain text 123"},
      {"a\nb\tc", "a\\nb\\tc"},
      {"\x1b[31mred\x07", "\\e[31mred\\x07"},
      {"back\\slash", "back\\\\slash"},
      {std::string("nul\0", 4), "nul\\x00"},
      {"\x7f", "\\x7F"},
      {"\r", "\\x0D"},
      {"caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80", "caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80"},
      {"\x9b"
       "31m",
       "\\x9B31m"},  // CSI as one raw byte
      {"\xC2\x9B"
       "31m",
       "\\xC2\\x9B31m"},                    // and as U+009B
      {"\xD8\x9C", "\\xD8\\x9C"},           // U+061C
      {"\xE2\x80\x8B", "\\xE2\\x80\\x8B"},  // zero width space
      {"\xE2\x80\x8E\xE2\x80\x8F", "\\xE2\\x80\\x8E\\xE2\\x80\\x8F"},
      {"\xE2\x80\xAE", "\\xE2\\x80\\xAE"},  // right-to-left override
      {"\xE2\x81\xA6\xE2\x81\xA9", "\\xE2\\x81\\xA6\\xE2\\x81\\xA9"},
      {"\xE2\x80\xA8\xE2\x80\xA9", "\\xE2\\x80\\xA8\\xE2\\x80\\xA9"},
      {"\xEF\xBB\xBF", "\\xEF\\xBB\\xBF"},           // byte order mark
      {"\xEF\xBF\xBE", "\\xEF\\xBF\\xBE"},           // noncharacter
      {"\xF3\xA0\x81\x81", "\\xF3\\xA0\\x81\\x81"},  // tag character
      {"\xED\xA0\x80", "\\xED\\xA0\\x80"},           // surrogate
      {"\xC0\xAF", "\\xC0\\xAF"},                    // overlong
      {"\xF4\x90\x80\x80", "\\xF4\\x90\\x80\\x80"},  // beyond U+10FFFF
      {"\xE2\x82", "\\xE2\\x82"},                    // cut
      {"\xFFok", "\\xFFok"},
  };
  for (const auto& one : cases) EXPECT_EQ(escape_text(one.bytes), one.text) << one.text;
}

TEST(EscapeText, ShowsEmojiThatNeedAVariationSelector) {
  const std::string heart = "\xE2\x9D\xA4\xEF\xB8\x8F";
  EXPECT_EQ(escape_text(heart), heart);
}

TEST(EscapeAscii, LeavesNothingAboveASCII) { EXPECT_EQ(escape_ascii("a\xC3\xA9\n\x1b~"), "a\\xC3\\xA9\\n\\e~"); }

TEST(IsUtf8, KnowsWellFormedText) {
  EXPECT_TRUE(is_utf8(""));
  EXPECT_TRUE(is_utf8("\xF4\x8F\xBF\xBF \xEF\xBF\xBF \xED\x9F\xBF"));
  for (const char* const bad : {"\x80", "\xC1\x81", "\xE0\x9F\xBF", "\xED\xBF\xBF", "\xF0\x8F\xBF\xBF",
                                "\xF5\x80\x80\x80", "\xE2\x82", "\xE2\x28\xA1"})
    EXPECT_FALSE(is_utf8(bad)) << escape_ascii(bad);
}

TEST(EscapeJson, IsASCIIWithSurrogatePairs) {
  const Case cases[] = {
      {"a\"b\\c/", "a\\\"b\\\\c/"},
      {"\n\r\t\x01\x7f", "\\n\\r\\t\\u0001\\u007f"},
      {"\xC3\xA9\xE2\x82\xAC", "\\u00e9\\u20ac"},
      {"\xF0\x9F\x98\x80", "\\ud83d\\ude00"},
      {"\xFFx\xED\xA0\x80", "\\ufffdx\\ufffd\\ufffd\\ufffd"},
  };
  for (const auto& one : cases) EXPECT_EQ(escape_json(one.bytes), one.text);
}

TEST(Base64, IsThatOfRfc4648) {
  const Case cases[] = {{"", ""},
                        {"f", "Zg=="},
                        {"fo", "Zm8="},
                        {"foo", "Zm9v"},
                        {"foob", "Zm9vYg=="},
                        {"fooba", "Zm9vYmE="},
                        {"foobar", "Zm9vYmFy"},
                        {"\xff\xfe\xfd", "//79"}};
  for (const auto& one : cases) EXPECT_EQ(base64_encode(one.bytes), one.text);
}

}  // namespace
}  // namespace ptyd
