#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "daemon/hostlink/memory_file.hpp"

namespace ptyd {
namespace {

TEST(MemoryFile, IsClosedOnExec) {
  const auto file = make_memory_file("abc");
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_NE(::fcntl(file->fd(), F_GETFD) & FD_CLOEXEC, 0);
}

TEST(MemoryFile, NeverReadsWhatCouldWait) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const UniqueHandle reader(ends[0]);
  const UniqueHandle writer(ends[1]);
  EXPECT_FALSE(read_memory_file(reader, 1));
  const UniqueHandle zero(::open("/dev/zero", O_RDONLY | O_CLOEXEC));
  EXPECT_FALSE(read_memory_file(zero, 1));
  EXPECT_FALSE(read_memory_file(UniqueHandle(), 0));
}

}  // namespace
}  // namespace ptyd
