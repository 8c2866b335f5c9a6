#include <gtest/gtest.h>
#include <windows.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "common/handle_windows.hpp"
#include "common/wide_string.hpp"
#include "tests/unit/common/log_fixture.hpp"

namespace ptyd {
namespace {

std::filesystem::path path_of(const std::string& text) { return to_wide(text).value(); }

TEST_F(Log, IsInAFileOfAnyName) {
  const std::string name = temp_ / "caf\xC3\xA9 \xE2\x82\xAC.log";
  ASSERT_TRUE(set_up_logging(to_file(name)));
  spdlog::info("a line");
  EXPECT_GT(std::filesystem::file_size(path_of(name)), 6u);
}

TEST_F(Log, RefusesWhatIsNoFileOfItsOwn) {
  ASSERT_TRUE(set_up_logging(to_file(temp_ / "log")));
  std::filesystem::create_hard_link(path_of(temp_ / "log"), path_of(temp_ / "hard"));
  std::filesystem::create_directory(path_of(temp_ / "folder"));
  for (const std::string& name : {temp_ / "hard", temp_ / "folder", temp_ / "no/where", std::string("NUL"),
                                  std::string("\\\\.\\pipe\\none"), std::string("C:\\\xFF")})
    EXPECT_FALSE(set_up_logging(to_file(name))) << name;
}

TEST_F(Log, GoesOnWhereSomebodyHoldsTheFile) {
  auto options = to_file(temp_ / "log");
  options.max_bytes = 1024;
  ASSERT_TRUE(set_up_logging(options));
  spdlog::info("the first line");
  // Without FILE_SHARE_DELETE nobody can give it another name.
  const auto held = own_handle(::CreateFileW(path_of(temp_ / "log").c_str(), GENERIC_READ,
                                             FILE_SHARE_READ | FILE_SHARE_WRITE, nullptr, OPEN_EXISTING, 0, nullptr));
  ASSERT_TRUE(held);
  const auto before = dropped_log_lines();
  for (int i = 0; i < 100; ++i) spdlog::info("line {}", i);
  EXPECT_EQ(dropped_log_lines(), before);
  EXPECT_FALSE(std::filesystem::exists(path_of(temp_ / "log.1")));
}

// Stands for stderr while it lives.
class StderrPipe {
 public:
  StderrPipe() : saved_(::GetStdHandle(STD_ERROR_HANDLE)) {
    HANDLE reader = nullptr;
    HANDLE writer = nullptr;
    if (::CreatePipe(&reader, &writer, nullptr, 4096) == 0) throw std::runtime_error("CreatePipe failed");
    reader_ = own_handle(reader);
    writer_ = own_handle(writer);
    ::SetStdHandle(STD_ERROR_HANDLE, writer);
  }
  StderrPipe(const StderrPipe&) = delete;
  StderrPipe& operator=(const StderrPipe&) = delete;
  ~StderrPipe() { ::SetStdHandle(STD_ERROR_HANDLE, saved_); }

  // All until the last writer closes; this one's end is closed first.
  std::string read_all() {
    ::SetStdHandle(STD_ERROR_HANDLE, saved_);
    writer_.reset();
    std::string text;
    char bytes[4096];
    DWORD size = 0;
    while (::ReadFile(handle_of(reader_), bytes, sizeof bytes, &size, nullptr) != 0) text.append(bytes, size);
    return text;
  }

 private:
  const HANDLE saved_;
  UniqueHandle reader_;
  UniqueHandle writer_;
};

TEST_F(Log, CountsWhatAPipeDidNotTake) {
  StderrPipe nobody_reads;
  ASSERT_TRUE(set_up_logging({}));
  const auto before = dropped_log_lines();
  for (int i = 0; i < 5000; ++i) spdlog::info("a line that nobody reads, number {}", i);
  EXPECT_GT(dropped_log_lines(), before);
  const auto at_the_end = std::chrono::steady_clock::now();
  ASSERT_TRUE(set_up_logging(to_file(temp_ / "log")));
  EXPECT_LT(std::chrono::steady_clock::now() - at_the_end, std::chrono::seconds(10)) << "nor does the end wait";
}

TEST_F(Log, LosesNothingThatAPipesReaderTakes) {
  StderrPipe pipe;
  ASSERT_TRUE(set_up_logging({}));
  for (int i = 0; i < 10; ++i) spdlog::info("line {}.", i);
  ASSERT_TRUE(set_up_logging(to_file(temp_ / "log")));
  const std::string text = pipe.read_all();
  for (int i = 0; i < 10; ++i) EXPECT_NE(text.find("line " + std::to_string(i) + "."), std::string::npos) << text;
}

}  // namespace
}  // namespace ptyd
