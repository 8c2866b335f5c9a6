#include "common/percent.hpp"

#include <gtest/gtest.h>

namespace ptyd {
namespace {

TEST(Percent, DecodesWhatIsCodedAndLeavesTheRest) {
  const struct {
    const char* text;
    const char* wanted;
  } cases[] = {
      {"", ""},         {"make", "make"}, {"a%20b", "a b"}, {"%e6%BC%a2", "\xe6\xbc\xa2"},
      {"100%", "100%"}, {"%2", "%2"},     {"%zz", "%zz"},   {"%%41", "%A"},
      {"%254", "%4"},   {"%0a", "\n"},
  };
  for (const auto& one : cases) EXPECT_EQ(decode_percent(one.text), one.wanted) << one.text;
}

}  // namespace
}  // namespace ptyd
