#include "daemon/handover/crc32.hpp"

#include <gtest/gtest.h>

#include <string>

namespace ptyd {
namespace {

TEST(Crc32, IsTheOneThatOthersCompute) {
  EXPECT_EQ(crc32(""), 0u);
  EXPECT_EQ(crc32("123456789"), 0xCBF43926u);
  EXPECT_EQ(crc32("The quick brown fox jumps over the lazy dog"), 0x414FA339u);
}

TEST(Crc32, SeesEveryBit) {
  const std::string text(100, 'x');
  for (std::size_t i = 0; i < text.size(); ++i)
    for (int bit = 0; bit < 8; ++bit) {
      auto other = text;
      other[i] = static_cast<char>(other[i] ^ (1 << bit));
      EXPECT_NE(crc32(text), crc32(other));
    }
}

}  // namespace
}  // namespace ptyd
