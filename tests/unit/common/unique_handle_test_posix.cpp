#include "common/unique_handle.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>

namespace ptyd {
namespace {

bool is_open(int fd) { return ::fcntl(fd, F_GETFD) >= 0; }
UniqueHandle open_null() { return UniqueHandle(::open("/dev/null", O_RDONLY | O_CLOEXEC)); }

TEST(UniqueHandle, ClosesWhatItHoldsWhenItEnds) {
  int fd = -1;
  {
    const auto handle = open_null();
    fd = handle.fd();
    EXPECT_TRUE(is_open(fd));
  }
  EXPECT_FALSE(is_open(fd));
}

TEST(UniqueHandle, MovesWithoutClosing) {
  auto first = open_null();
  const int fd = first.fd();
  UniqueHandle second(std::move(first));
  EXPECT_TRUE(is_open(fd));
  auto third = open_null();
  const int replaced = third.fd();
  third = std::move(second);
  EXPECT_EQ(third.fd(), fd);
  EXPECT_TRUE(is_open(fd));
  EXPECT_FALSE(is_open(replaced));
}

TEST(UniqueHandle, ReleasesWithoutClosing) {
  auto handle = open_null();
  const int fd = static_cast<int>(handle.release());
  EXPECT_FALSE(handle);
  const UniqueHandle again(fd);
  EXPECT_TRUE(is_open(fd));
}

}  // namespace
}  // namespace ptyd
