#include <gtest/gtest.h>
#include <windows.h>

#include <aclapi.h>
#include <sddl.h>

#include <filesystem>
#include <fstream>

#include "common/handle_windows.hpp"
#include "common/runtime_paths.hpp"
#include "common/token_windows.hpp"
#include "common/wide_string.hpp"
#include "tests/support/wine.hpp"
#include "tests/unit/common/temp_dir.hpp"

namespace ptyd {
namespace {

std::wstring wide(const std::string& text) { return to_wide(text).value(); }
std::filesystem::path path_of(const std::string& text) { return wide(text); }

// A folder with the access that `list`, SDDL's text, gives.
void make_dir(const std::string& path, const std::wstring& list) {
  auto security = SecurityAttributes::from_text(list);
  ASSERT_TRUE(security);
  ASSERT_NE(::CreateDirectoryW(wide(path).c_str(), security->get()), 0) << path;
}

std::wstring ours() { return L"D:P(A;OICI;FA;;;" + wide(own_facts().user) + L")"; }

void expect_refused(const std::string& path, const std::string& reason) {
  const auto opened = open_private_dir(path, true);
  ASSERT_FALSE(opened) << path;
  EXPECT_EQ(opened.error().code, errc::permission_denied);
  EXPECT_NE(opened.error().message.find(reason), std::string::npos) << opened.error().message;
  EXPECT_FALSE(opened.error().hint.empty());
}

TEST(PrivateDir, IsMadeForUsAlone) {
  const TempDir temp;
  const auto folder = open_private_dir(temp / "new", true);
  ASSERT_TRUE(folder) << folder.error().message;
  EXPECT_TRUE(std::filesystem::is_directory(path_of(temp / "new")));
  EXPECT_TRUE(open_private_dir(temp / "new", false));
  EXPECT_TRUE(open_private_dir(temp / "new/", true));
}

TEST(PrivateDir, MakesTheMissingFoldersAboveIt) {
  const TempDir temp;
  const auto folder = open_private_dir(temp / "one/two/three", true);
  ASSERT_TRUE(folder) << folder.error().message;
  EXPECT_TRUE(open_private_dir(temp / "one", false)) << "these are private, too";
}

TEST(PrivateDir, MayHaveAnyName) {
  const TempDir temp;
  const std::string name = temp / "caf\xC3\xA9 \xE2\x82\xAC";
  ASSERT_TRUE(open_private_dir(name, true));
  EXPECT_TRUE(std::filesystem::is_directory(path_of(name)));
}

TEST(PrivateDir, IsNotMadeUnlessAskedFor) {
  const TempDir temp;
  const auto folder = open_private_dir(temp / "missing", false);
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().code, errc::not_found);
  EXPECT_FALSE(std::filesystem::exists(path_of(temp / "missing")));
}

TEST(PrivateDir, RefusesAccessOfOthers) {
  const TempDir temp;
  int number = 0;
  for (const wchar_t* const entry : {L"(A;OICI;FA;;;WD)", L"(A;OICI;FR;;;WD)"}) {
    const std::string path = temp / std::to_string(++number);
    make_dir(path, ours() + entry);
    expect_refused(path, "S-1-1-0");
  }
}

TEST(PrivateDir, RefusesAFile) {
  const TempDir temp;
  std::ofstream(path_of(temp / "file")) << "text";
  expect_refused(temp / "file", "not a folder");
}

// Wine keeps of the rights of others what a file mode can say.
bool is_kept(const std::string& path, const std::wstring& entry) {
  PSECURITY_DESCRIPTOR descriptor = nullptr;
  wchar_t* text = nullptr;
  ::GetNamedSecurityInfoW(wide(path).c_str(), SE_FILE_OBJECT, DACL_SECURITY_INFORMATION, nullptr, nullptr, nullptr,
                          nullptr, &descriptor);
  ::ConvertSecurityDescriptorToStringSecurityDescriptorW(descriptor, SDDL_REVISION_1, DACL_SECURITY_INFORMATION, &text,
                                                         nullptr);
  const bool kept = text != nullptr && std::wstring(text).find(entry) != std::wstring::npos;
  ::LocalFree(text);
  ::LocalFree(descriptor);
  return kept;
}

TEST(PrivateDir, RefusesAParentThatOthersMayChange) {
  const TempDir temp;
  const std::wstring everybody = L"(A;OICI;FA;;;WD)";
  make_dir(temp / "parent", ours() + everybody);
  PTYD_SKIP_WHERE_WINE_LACKS(is_kept(temp / "parent", everybody), "the rights of others to a folder, one by one");
  expect_refused(temp / "parent/mine", "others may change it");
}

TEST(PrivateDir, KeepsItsNameWhileItIsOpen) {
  const TempDir temp;
  const auto folder = open_private_dir(temp / "mine", true);
  ASSERT_TRUE(folder);
  EXPECT_EQ(::MoveFileExW(wide(temp / "mine").c_str(), wide(temp / "other").c_str(), 0), 0);
  EXPECT_TRUE(std::filesystem::exists(path_of(temp / "mine")));
}

TEST(PrivateDir, RefusesWhatIsNoPathOfAFolder) {
  for (const std::string path :
       {"", "relative", "relative\\x", "C:\\", "C:x", "\\x", "C:\\x\\.", "C:\\x\\..", "C:\\\xFF"}) {
    const auto folder = open_private_dir(path, true);
    ASSERT_FALSE(folder) << path;
    EXPECT_EQ(folder.error().code, errc::invalid_argument) << path << ": " << folder.error().message;
  }
}

TEST(ParentDirs, AreMadeAndExistingOnesAreLeftAlone) {
  const TempDir temp;
  ASSERT_TRUE(make_parent_dirs(temp / "a/b/file"));
  EXPECT_TRUE(std::filesystem::is_directory(path_of(temp / "a/b")));
  EXPECT_FALSE(std::filesystem::exists(path_of(temp / "a/b/file")));
  EXPECT_TRUE(make_parent_dirs(temp / "a/b/file"));
}

TEST(ParentDirs, CantBeMadeBelowAFile) {
  const TempDir temp;
  std::ofstream(path_of(temp / "file")) << "text";
  EXPECT_FALSE(make_parent_dirs(temp / "file/a/b"));
}

}  // namespace
}  // namespace ptyd
