#include <gtest/gtest.h>

#include "proto/frame.hpp"

namespace ptyd {
namespace {

constexpr char kBad[] = "\xEF\xBF\xBD";

TEST(Utf8Decoder, ReplacesBadBytesAsTheStandardRecommends) {
  const std::string bad = kBad;
  const struct {
    const char* name;
    std::string bytes;
    std::string text;
  } cases[] = {
      {"ASCII", "plain\x1b[0m", "plain\x1b[0m"},
      {"well-formed", "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80", "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"},
      {"a lone continuation", "a\x80z", "a" + bad + "z"},
      {"overlong", "\xC0\x80|", bad + bad + "|"},
      {"overlong of three", "\xE0\x80\x80|", bad + bad + bad + "|"},
      {"a surrogate", "\xED\xA0\x80|", bad + bad + bad + "|"},
      {"beyond U+10FFFF", "\xF4\x90\x80\x80|", bad + bad + bad + bad + "|"},
      {"a cut sequence is one", "\xF0\x9F\x98|", bad + "|"},
      {"two cut sequences", "\xE2\x82\xE2\x82|", bad + bad + "|"},
      {"bytes that never occur", "\xFE\xFF", bad + bad},
      {"NUL", std::string("a\0b", 3), std::string("a\0b", 3)},
  };
  for (const auto& one : cases) EXPECT_EQ(Utf8Decoder().decode(one.bytes), one.text) << one.name;
}

TEST(Utf8Decoder, GivesTheSameTextWhereverTheBytesAreCut) {
  const std::string bytes = "x\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\xF0\x9F\x41\xED\xA0\x80\xC3\xC3\xA9.";
  const std::string whole = Utf8Decoder().decode(bytes);
  for (std::size_t first = 0; first <= bytes.size(); ++first)
    for (std::size_t second = first; second <= bytes.size(); ++second) {
      Utf8Decoder decoder;
      std::string text = decoder.decode(bytes.substr(0, first));
      text += decoder.decode(bytes.substr(first, second - first));
      text += decoder.decode(bytes.substr(second));
      ASSERT_EQ(text, whole) << first << " " << second;
    }
}

TEST(Utf8Decoder, KeepsAnUnfinishedCodePoint) {
  Utf8Decoder decoder;
  EXPECT_EQ(decoder.decode("a\xF0\x9F\x98"), "a");
  EXPECT_EQ(decoder.decode(""), "");
  EXPECT_EQ(decoder.decode("\x80"), "\xF0\x9F\x98\x80");
}

}  // namespace
}  // namespace ptyd
