#include "client/terminal/detach_keys.hpp"

#include <gtest/gtest.h>

namespace ptyd {
namespace {

TEST(DetachKeys, ReadsDockersSyntax) {
  const struct {
    const char* text;
    const char* described;
  } cases[] = {
      {"ctrl-\\", "Ctrl-\\"}, {"ctrl-p,ctrl-q", "Ctrl-P Ctrl-Q"}, {"CTRL-A,d", "Ctrl-A d"},
      {"ctrl-@", "Ctrl-@"},   {"ctrl-],.", "Ctrl-] ."},           {"~,.", "~ ."},
  };
  for (const auto& c : cases) {
    const auto keys = parse_detach_keys(c.text);
    ASSERT_TRUE(keys) << c.text;
    EXPECT_EQ(describe(*keys), c.described);
  }
  EXPECT_EQ(*parse_detach_keys("ctrl-\\"), DetachKeys::standard());
  EXPECT_EQ(DetachKeys::standard().chords[0].raw_byte(), '\x1c');
  EXPECT_EQ(parse_detach_keys("ctrl-a")->chords[0].raw_byte(), '\x01');
}

TEST(DetachKeys, RefusesWhatIsNoKey) {
  for (const char* text :
       {"", ",", "ctrl-", "ctrl-1", "ctrl-ab", "ab", "a,", ",a", "\x1c", "\xc3\xa4", "a,b,c,d,e,f,g,h,i"}) {
    const auto keys = parse_detach_keys(text);
    ASSERT_FALSE(keys) << text;
    EXPECT_EQ(keys.error().code, errc::invalid_argument);
    EXPECT_FALSE(keys.error().hint.empty());
  }
}

}  // namespace
}  // namespace ptyd
