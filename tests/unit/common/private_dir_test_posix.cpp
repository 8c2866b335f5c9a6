#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/runtime_paths.hpp"
#include "tests/unit/common/temp_dir.hpp"

namespace ptyd {
namespace {

mode_t mode_of(const std::string& path) {
  struct stat info {};
  return ::lstat(path.c_str(), &info) == 0 ? info.st_mode & 07777 : 0;
}

void make_dir(const std::string& path, mode_t mode) {
  ASSERT_EQ(::mkdir(path.c_str(), 0700), 0);
  ASSERT_EQ(::chmod(path.c_str(), mode), 0);
}

void expect_refused(const std::string& path, const std::string& reason) {
  const auto opened = open_private_dir(path, true);
  ASSERT_FALSE(opened) << path;
  EXPECT_EQ(opened.error().code, errc::permission_denied);
  EXPECT_NE(opened.error().message.find(reason), std::string::npos) << opened.error().message;
  EXPECT_FALSE(opened.error().hint.empty());
}

TEST(PrivateDir, IsMadeForUsAlone) {
  const TempDir temp;
  const mode_t before = ::umask(0);
  const auto folder = open_private_dir(temp / "new", true);
  ::umask(before);
  ASSERT_TRUE(folder) << folder.error().message;
  EXPECT_EQ(mode_of(temp / "new"), 0700u);
  EXPECT_NE(::fcntl(folder->fd(), F_GETFD) & FD_CLOEXEC, 0);
  EXPECT_TRUE(open_private_dir(temp / "new", false));
  EXPECT_TRUE(open_private_dir(temp / "new/", true));
}

TEST(PrivateDir, IsNotMadeUnlessAskedFor) {
  const TempDir temp;
  const auto folder = open_private_dir(temp / "missing", false);
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().code, errc::not_found);
  EXPECT_EQ(mode_of(temp / "missing"), 0u);
}

TEST(PrivateDir, RefusesAccessOfOthersAndChangesNothing) {
  const TempDir temp;
  for (const mode_t mode : {0777, 0755, 0750, 0701, 0500}) {
    make_dir(temp / "open", mode);
    expect_refused(temp / "open", mode == 0500 ? "you lack access" : "others have access");
    EXPECT_EQ(mode_of(temp / "open"), mode);
    ASSERT_EQ(::rmdir((temp / "open").c_str()), 0);
  }
}

TEST(PrivateDir, RefusesALinkEvenToAGoodFolder) {
  const TempDir temp;
  make_dir(temp / "real", 0700);
  ASSERT_EQ(::symlink((temp / "real").c_str(), (temp / "link").c_str()), 0);
  ASSERT_EQ(::symlink((temp / "nothing").c_str(), (temp / "dangling").c_str()), 0);
  expect_refused(temp / "link", "symbolic link");
  expect_refused(temp / "dangling", "symbolic link");
  EXPECT_EQ(mode_of(temp / "nothing"), 0u);
}

TEST(PrivateDir, RefusesAFile) {
  const TempDir temp;
  const UniqueHandle file(::open((temp / "file").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  ASSERT_TRUE(file);
  expect_refused(temp / "file", "not a folder");
}

TEST(PrivateDir, RefusesAParentThatOthersMayChange) {
  const TempDir temp;
  make_dir(temp / "parent", 0777);
  expect_refused(temp / "parent/mine", "others may write");
  ASSERT_EQ(::chmod((temp / "parent").c_str(), 0770), 0);
  expect_refused(temp / "parent/mine", "others may write");
  ASSERT_EQ(::chmod((temp / "parent").c_str(), 01777), 0);
  EXPECT_TRUE(open_private_dir(temp / "parent/mine", true)) << "a sticky parent, like /tmp, is safe";
}

TEST(PrivateDir, RefusesFoldersOfOthers) {
  const TempDir temp;
  constexpr uid_t kNobody = 65534;
  if (::geteuid() != 0) {
    expect_refused("/usr", "belongs to user 0");
    return;
  }
  make_dir(temp / "theirs", 0700);
  ASSERT_EQ(::chown((temp / "theirs").c_str(), kNobody, kNobody), 0);
  expect_refused(temp / "theirs", "belongs to user 65534");
  expect_refused(temp / "theirs/below", "belongs to user 65534");
}

TEST(PrivateDir, RefusesWhatIsNoPathOfAFolder) {
  for (const std::string path : {"", "relative", "relative/x", "/", "/tmp/.", "/tmp/.."}) {
    const auto folder = open_private_dir(path, true);
    ASSERT_FALSE(folder) << path;
    EXPECT_EQ(folder.error().code, errc::invalid_argument) << path;
  }
}

TEST(PrivateDir, NamesTheMissingParent) {
  const TempDir temp;
  const auto folder = open_private_dir(temp / "no/where", true);
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().code, errc::not_found);
  EXPECT_EQ(folder.error().subject, temp / "no");
}

TEST(ParentDirs, AreMadePrivateAndExistingOnesAreLeftAlone) {
  const TempDir temp;
  make_dir(temp / "old", 0755);
  ASSERT_TRUE(make_parent_dirs(temp / "old/a/b/file"));
  EXPECT_EQ(mode_of(temp / "old"), 0755u);
  EXPECT_EQ(mode_of(temp / "old/a"), 0700u);
  EXPECT_EQ(mode_of(temp / "old/a/b"), 0700u);
  EXPECT_EQ(mode_of(temp / "old/a/b/file"), 0u);
  EXPECT_TRUE(make_parent_dirs(temp / "old/a/b/file"));
}

TEST(ParentDirs, CantBeMadeBelowAFile) {
  const TempDir temp;
  const UniqueHandle file(::open((temp / "file").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  ASSERT_TRUE(file);
  EXPECT_FALSE(make_parent_dirs(temp / "file/a/b"));
}

}  // namespace
}  // namespace ptyd
