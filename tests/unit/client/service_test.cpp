#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "client/commands/service_manager.hpp"

namespace ptyd {
namespace {

namespace fs = std::filesystem;

TEST(Service, EscapesThePathForItsManager) {
  const struct {
    std::string path;
    std::string systemd;
    std::string launchd;
  } cases[] = {
      {"/usr/bin/ptyd", "/usr/bin/ptyd", "/usr/bin/ptyd"},
      {"/home/a b/ptyd", "/home/a\\x20b/ptyd", "/home/a b/ptyd"},
      {"/100%/$HOME/ptyd", "/100%%/$$HOME/ptyd", "/100%/$HOME/ptyd"},
      {"/\"quoted\"/ptyd", "/\\x22quoted\\x22/ptyd", "/\"quoted\"/ptyd"},
      {"/it's/a\\b/ptyd", "/it\\x27s/a\\x5cb/ptyd", "/it's/a\\b/ptyd"},
      {"/a&b<c/ptyd", "/a&b<c/ptyd", "/a&amp;b&lt;c/ptyd"},
  };
  for (const auto& one : cases) {
    EXPECT_EQ(with_binary("<@PTYD_BINARY@>", one.path, false), "<" + one.systemd + ">");
    EXPECT_EQ(with_binary("<@PTYD_BINARY@>", one.path, true), "<" + one.launchd + ">");
  }
}

TEST(Service, FilesOfAnInstallationThatFailedGoAgain) {
  const fs::path folder = fs::path(testing::TempDir()) / ("ptyd-service-" + std::to_string(std::random_device()()));
  fs::create_directories(folder);
  const auto before = (folder / "before").string();
  const auto fresh = (folder / "fresh").string();
  std::ofstream(before) << "x";
  {
    NewFiles files;
    for (const auto& path : {before, fresh}) {
      files.note(path);
      std::ofstream(path) << "y";
    }
  }
  EXPECT_TRUE(fs::exists(before));
  EXPECT_FALSE(fs::exists(fresh));
  {
    NewFiles files;
    files.note(fresh);
    std::ofstream(fresh) << "y";
    files.keep();
  }
  EXPECT_TRUE(fs::exists(fresh));
  fs::remove_all(folder);
}

}  // namespace
}  // namespace ptyd
