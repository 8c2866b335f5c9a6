#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "common/unique_handle.hpp"
#include "tests/unit/common/log_fixture.hpp"

namespace ptyd {
namespace {

TEST_F(Log, FileIsPrivate) {
  const mode_t before = ::umask(0);
  const auto set = set_up_logging(to_file(temp_ / "log"));
  ::umask(before);
  ASSERT_TRUE(set);
  EXPECT_EQ(std::filesystem::status(temp_ / "log").permissions(), std::filesystem::perms(0600));
}

TEST_F(Log, RefusesFilesThatAreNotOursAlone) {
  ASSERT_TRUE(set_up_logging(to_file(temp_ / "log")));
  ASSERT_EQ(::symlink((temp_ / "log").c_str(), (temp_ / "soft").c_str()), 0);
  ASSERT_EQ(::link((temp_ / "log").c_str(), (temp_ / "hard").c_str()), 0);
  ASSERT_EQ(::mkfifo((temp_ / "fifo").c_str(), 0600), 0);
  for (const char* const name : {"soft", "hard", "fifo", "no/where"})
    EXPECT_FALSE(set_up_logging(to_file(temp_ / name))) << name;
}

TEST_F(Log, CountsWhatCouldNotBeWritten) {
  // A pipe that nobody empties stands for a journal that hangs.
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const UniqueHandle reader(ends[0]);
  const UniqueHandle writer(ends[1]);
  const UniqueHandle saved(::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 10));
  ASSERT_EQ(::dup2(writer.fd(), STDERR_FILENO), STDERR_FILENO);
  const auto set = set_up_logging({});
  const auto before = dropped_log_lines();
  for (int i = 0; i < 5000; ++i) spdlog::info("a line that nobody reads, number {}", i);
  const auto dropped = dropped_log_lines() - before;
  ASSERT_EQ(::dup2(saved.fd(), STDERR_FILENO), STDERR_FILENO);
  ASSERT_TRUE(set);
  EXPECT_GT(dropped, 0u);
}

}  // namespace
}  // namespace ptyd
