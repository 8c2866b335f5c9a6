#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/unit/common/log_fixture.hpp"

namespace ptyd {
namespace {

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

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

TEST_F(Log, RefusesAnUnknownLevel) {
  LogOptions options;
  options.level = "loud";
  const auto set = set_up_logging(options);
  ASSERT_FALSE(set);
  EXPECT_EQ(set.error().code, errc::invalid_argument);
  EXPECT_EQ(set.error().subject, "loud");
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

}  // namespace
}  // namespace ptyd
