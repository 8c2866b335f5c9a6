#include "common/plain_text.hpp"

#include <gtest/gtest.h>

#include "common/escape.hpp"

namespace ptyd {
namespace {

constexpr const char* kReplacement = "\xef\xbf\xbd";

struct Case {
  std::string output;
  std::string text;
};

const std::vector<Case>& cases() {
  const std::string r = kReplacement;
  static const std::vector<Case> all{
      {"hello\r\nworld\n\tx", "hello\nworld\n\tx"},
      {"\x1b[1;31mred\x1b[0m", "red"},
      {"\x1b]0;title\x07text\x1b]8;;u\x1b\\link", "textlink"},
      {"\x1bP+q544e\x1b\\a\x1b_x\x1b\\b\x1b^x\x1b\\c\x1bXx\x1b\\d", "abcd"},
      {"\x1bPa\x07"
       "b\x1b\\c",
       "c"},
      {"\x1b(0q\x1b(B\x1b"
       "7\x1b"
       "8\x1b=\x1b>x",
       "qx"},
      {"\x1b#8x", "x"},
      {"a\b\x7f\x00\x05\r"
       "b",
       "a"},
      {std::string("a\b\x7f\0\x05\r"
                   "b",
                   7),
       "ab"},
      {"\x1b[?10\n25hx", "\nx"},
      {"\x1b[12\x18"
       "34",
       "34"},
      {"\x1b]0;x\x1a"
       "y",
       "y"},
      {"\x1b[1\x1b[2mx", "x"},
      {"\x1b]0;x\x1b[31my", "y"},
      {"\x1b\x1b[mx", "x"},
      {"\x1b[1\xc3\xa4", "\xc3\xa4"},
      {"\xc3\xa4\xe6\xbc\xa2\xf0\x9f\x98\x80", "\xc3\xa4\xe6\xbc\xa2\xf0\x9f\x98\x80"},
      {"\xff\xc0\xaf", r + r + r},
      {"\xc3(", r + "("},
      {"\xe6\xbc\n", r + "\n"},
      {"\xe6\xbc\xc3\xa4", r + "\xc3\xa4"},
      {"\xed\xa0\x80", r + r + r},
      {"\xf4\x90\x80\x80", r + r + r + r},
      {"\xe0\x80\x80", r + r + r},
      {"\xc2\x9b"
       "31mx",
       r + "31mx"},
      {"\x9b"
       "31mx",
       r + "31mx"},
      {"end\xe6\xbc", "end" + r},
      {"end\x1b[1", "end"},
  };
  return all;
}

TEST(PlainText, IsTheSameWhereverTheOutputIsCut) {
  for (const auto& c : cases()) {
    for (std::size_t cut = 0; cut <= c.output.size(); ++cut) {
      PlainTextFilter filter;
      std::string text = filter.feed(std::string_view(c.output).substr(0, cut));
      text += filter.feed(std::string_view(c.output).substr(cut));
      text += filter.finish();
      EXPECT_EQ(text, c.text) << escape_text(c.output) << ", cut at " << cut;
    }
  }
}

TEST(PlainText, AnyBytesGiveHarmlessUtf8) {
  // A fixed generator, so that a failure can be seen again. Escapes and brackets are frequent.
  std::uint32_t state = 12345;
  std::string output;
  for (int i = 0; i < 200000; ++i) {
    state = state * 1664525u + 1013904223u;
    const unsigned pick = state >> 24;
    output += pick < 40 ? '\x1b' : pick < 60 ? '[' : pick < 70 ? ']' : static_cast<char>(state >> 16);
  }
  PlainTextFilter filter;
  const std::string text = filter.feed(output) + filter.finish();
  EXPECT_TRUE(is_utf8(text));
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    EXPECT_TRUE(byte == '\n' || byte == '\t' || (byte >= 0x20 && byte != 0x7F));
  }
}

TEST(PlainText, AStringWithoutEndIsGivenUp) {
  PlainTextFilter filter;
  EXPECT_EQ(filter.feed("\x1b]0;" + std::string(64 * 1024, 'x')).size(), 2u);
  EXPECT_EQ(filter.feed("text"), "text");
}

}  // namespace
}  // namespace ptyd
