#include "common/file_path.hpp"

#include <gtest/gtest.h>

namespace ptyd {
namespace {

TEST(FilePath, IsTheSameTextThereAndBack) {
  for (const std::string text : {"", "plain", "Zo\xC3\xAB", "\xE4\xBD\xA0\xE5\xA5\xBD", "\xF0\x9F\x98\x80 a"}) {
    EXPECT_EQ(path_text(file_path(text)), text);
    EXPECT_EQ(path_text(file_path(text) / file_path(text)).find(text), 0u);
  }
}

}  // namespace
}  // namespace ptyd
