// Looking for what is not text, beside looking at each byte.
#include "client/terminal/find_special.hpp"

#include <gtest/gtest.h>

#include <string>

namespace ptyd {
namespace {

TEST(FindSpecial, FindsEachByteThatItIsForWhereverItStands) {
  for (int byte = 0; byte < 256; ++byte)
    for (std::size_t before = 0; before < 50; ++before) {
      const std::string text = std::string(before, 'x') + static_cast<char>(byte) + std::string(20, 'y');
      const char* const end = text.data() + text.size();
      const bool special = byte == 0x1b || byte == 0x0e || byte == 0x0f;
      ASSERT_EQ(find_special(text.data(), end), special ? text.data() + before : end) << byte << " behind " << before;
    }
}

TEST(FindSpecial, StopsAtTheFirst) {
  const std::string text = std::string(30, 'x') + "\x0f" + std::string(3, 'x') + "\x1b\x0e";
  EXPECT_EQ(find_special(text.data(), text.data() + text.size()), text.data() + 30);
  EXPECT_EQ(find_special(text.data() + 31, text.data() + text.size()), text.data() + 34);
  EXPECT_EQ(find_special(text.data(), text.data() + 30), text.data() + 30);
  EXPECT_EQ(find_special(text.data(), text.data()), text.data());
}

}  // namespace
}  // namespace ptyd
