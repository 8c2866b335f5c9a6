#include "daemon/core/packed_strings.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ptyd {
namespace {

std::vector<std::string> all_of(const PackedStrings& strings) { return {strings.begin(), strings.end()}; }

TEST(PackedStrings, KeepsAnyTextsInOrder) {
  const std::vector<std::string> texts{"A=b", "", std::string("\0=\xff", 3), std::string(70'000, 'x'), "A=b"};
  PackedStrings strings;
  EXPECT_TRUE(strings.empty());
  EXPECT_EQ(strings.size(), 0u);
  EXPECT_EQ(strings.begin(), strings.end());
  for (const auto& text : texts) strings.push_back(text);
  EXPECT_FALSE(strings.empty());
  EXPECT_EQ(strings.size(), texts.size());
  EXPECT_EQ(all_of(strings), texts);
  EXPECT_EQ(strings, PackedStrings(texts));
  EXPECT_NE(strings, PackedStrings({"A=b"}));
  strings.shrink_to_fit();
  EXPECT_EQ(all_of(strings), texts);
}

TEST(PackedStrings, OneEmptyTextIsNotNone) {
  const PackedStrings strings{""};
  EXPECT_FALSE(strings.empty());
  EXPECT_EQ(all_of(strings), std::vector<std::string>{""});
}

}  // namespace
}  // namespace ptyd
