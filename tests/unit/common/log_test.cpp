#include "common/log.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "common/log_output.hpp"
#include "common/unique_handle.hpp"
#include "tests/unit/common/temp_dir.hpp"

namespace ptyd {
namespace {

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

LogOptions to_file(const std::string& path) {
  LogOptions options;
  options.target = LogOptions::Target::file;
  options.file = path;
  return options;
}

class Log : public testing::Test {
 protected:
  ~Log() override { static_cast<void>(set_up_logging({})); }
  TempDir temp_;
};

TEST_F(Log, WritesOneLineForEachEntryWhateverItHolds) {
  ASSERT_TRUE(set_up_logging(to_file(temp_ / "log")));
  spdlog::info("first\nforged \x1b[31mline");
  spdlog::debug("below the level");
  spdlog::error("last");
  const std::string text = read_file(temp_ / "log");
  EXPECT_NE(text.find("first?forged ?[31mline\n"), std::string::npos) << text;
  EXPECT_NE(text.find(" error "), std::string::npos) << text;
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2) << text;
}

TEST_F(Log, FileIsPrivate) {
  const mode_t before = ::umask(0);
  const auto set = set_up_logging(to_file(temp_ / "log"));
  ::umask(before);
  ASSERT_TRUE(set);
  EXPECT_EQ(std::filesystem::status(temp_ / "log").permissions(), std::filesystem::perms(0600));
}

TEST_F(Log, RefusesAnUnknownLevel) {
  LogOptions options;
  options.level = "loud";
  const auto set = set_up_logging(options);
  ASSERT_FALSE(set);
  EXPECT_EQ(set.error().code, errc::invalid_argument);
  EXPECT_EQ(set.error().subject, "loud");
}

TEST_F(Log, RefusesFilesThatAreNotOursAlone) {
  ASSERT_TRUE(set_up_logging(to_file(temp_ / "log")));
  ASSERT_EQ(::symlink((temp_ / "log").c_str(), (temp_ / "soft").c_str()), 0);
  ASSERT_EQ(::link((temp_ / "log").c_str(), (temp_ / "hard").c_str()), 0);
  ASSERT_EQ(::mkfifo((temp_ / "fifo").c_str(), 0600), 0);
  for (const char* const name : {"soft", "hard", "fifo", "no/where"})
    EXPECT_FALSE(set_up_logging(to_file(temp_ / name))) << name;
}

TEST_F(Log, IsRotatedAndKeepsAFixedNumberOfFiles) {
  auto options = to_file(temp_ / "log");
  options.max_bytes = 4096;
  options.max_files = 3;
  ASSERT_TRUE(set_up_logging(options));
  for (int i = 0; i < 1000; ++i) spdlog::info("line {}", i);
  for (const char* const name : {"log", "log.1", "log.2"}) {
    ASSERT_TRUE(std::filesystem::exists(temp_ / name)) << name;
    EXPECT_LE(std::filesystem::file_size(temp_ / name), 4096u);
  }
  EXPECT_FALSE(std::filesystem::exists(temp_ / "log.3"));
  EXPECT_NE(read_file(temp_ / "log").find("line 999"), std::string::npos);
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
