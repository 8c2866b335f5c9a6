#include "common/wide_string.hpp"

#include <gtest/gtest.h>

namespace ptyd {
namespace {

TEST(WideString, IsTheSameTextThereAndBack) {
  const struct {
    std::string utf8;
    std::wstring wide;
  } cases[] = {
      {"", L""},
      {"plain", L"plain"},
      {"caf\xC3\xA9 \xE2\x82\xAC", L"caf\x00E9 \x20AC"},
      {"\xF0\x9F\x98\x80", L"\xD83D\xDE00"},
  };
  for (const auto& one : cases) {
    const auto wide = to_wide(one.utf8);
    ASSERT_TRUE(wide) << one.utf8;
    EXPECT_EQ(*wide, one.wide) << one.utf8;
    EXPECT_EQ(to_utf8(one.wide), one.utf8);
  }
}

TEST(WideString, RefusesWhatTheSystemWouldReadAsSomethingElse) {
  for (const std::string& text : {std::string("a\0b", 3), std::string("\xFF"), std::string("\xC0\xAF"),
                                  std::string("\xED\xA0\x80"), std::string("cut\xE2\x82")}) {
    const auto wide = to_wide(text);
    ASSERT_FALSE(wide);
    EXPECT_EQ(wide.error().code, errc::invalid_argument);
    EXPECT_EQ(wide.error().subject, text);
  }
}

TEST(WideString, ReplacesASurrogateThatStandsAlone) {
  EXPECT_EQ(to_utf8(L"a\xD83D"
                    L"b"),
            "a\xEF\xBF\xBD"
            "b");
  EXPECT_EQ(to_utf8(L"\xDE00"), "\xEF\xBF\xBD");
}

}  // namespace
}  // namespace ptyd
