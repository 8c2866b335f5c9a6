#include "common/new_file.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace ptyd {
namespace {

namespace fs = std::filesystem;

class NewFileTest : public testing::Test {
 protected:
  NewFileTest() : folder_(fs::temp_directory_path() / ("ptyd-new-file-" + std::to_string(::testing::UnitTest::GetInstance()->random_seed()) +
                          ::testing::UnitTest::GetInstance()->current_test_info()->name())) {
    fs::remove_all(folder_);
    fs::create_directory(folder_);
  }
  ~NewFileTest() override {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  std::string path(const char* name) const { return (folder_ / name).string(); }
  static std::string content(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  fs::path folder_;
};

TEST_F(NewFileTest, IsWrittenAndCut) {
  auto file = NewFile::create(path("a"));
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->append("one\ntwo\n"));
  ASSERT_TRUE(file->cut(4));
  ASSERT_TRUE(file->append("three\n"));
  EXPECT_EQ(content(path("a")), "one\nthree\n");
  file->remove();
  EXPECT_FALSE(fs::exists(path("a")));
}

TEST_F(NewFileTest, LeavesWhatIsThereAlone) {
  std::ofstream(path("a")) << "mine";
  const auto file = NewFile::create(path("a"));
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code, errc::already_exists);
  EXPECT_EQ(file.error().subject, path("a"));
  EXPECT_EQ(content(path("a")), "mine");
  EXPECT_FALSE(NewFile::create(path("none/a")));
}

}  // namespace
}  // namespace ptyd
