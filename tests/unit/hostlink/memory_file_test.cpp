#include "daemon/hostlink/memory_file.hpp"

#include <gtest/gtest.h>

namespace ptyd {
namespace {

TEST(MemoryFile, GivesBackWhatItHolds) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{100'000}, std::size_t{kMaxBlob}}) {
    const std::string content(size, 'c');
    const auto file = make_memory_file(content);
    ASSERT_TRUE(file) << file.error().message;
    const auto read = read_memory_file(*file, size);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(*read, content);
  }
}

TEST(MemoryFile, RefusesWhatIsShorterThanSaid) {
  const auto file = make_memory_file("abc");
  ASSERT_TRUE(file);
  EXPECT_EQ(read_memory_file(*file, 2).value(), "ab");
  EXPECT_FALSE(read_memory_file(*file, 65'537));  // sizes may be those of whole pages
  EXPECT_FALSE(read_memory_file(*file, kMaxBlob + 1));
  EXPECT_FALSE(read_memory_file(*file, ~std::uint64_t{0}));
}

}  // namespace
}  // namespace ptyd
