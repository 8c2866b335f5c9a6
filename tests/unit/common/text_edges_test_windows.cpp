// Where our UTF-8 meets what Windows gives in its own form.
#include <gtest/gtest.h>
#include <windows.h>

#include "common/environment_variable.hpp"
#include "common/file_path.hpp"
#include "common/handle_windows.hpp"
#include "common/standard_output.hpp"

namespace ptyd {
namespace {

TEST(FilePath, IsEmptyForWhatIsNoText) {
  EXPECT_TRUE(file_path("C:\\\xFF").empty());
  EXPECT_TRUE(file_path(std::string_view("C:\\a\0b", 6)).empty());
}

TEST(EnvironmentVariable, IsUtf8) {
  ASSERT_NE(::SetEnvironmentVariableW(L"PTYD_TEST_TEXT", L"Zo\u00eb \u4f60 \xD83D\xDE00"), 0);
  EXPECT_EQ(environment_variable("PTYD_TEST_TEXT"), "Zo\xC3\xAB \xE4\xBD\xA0 \xF0\x9F\x98\x80");
  ASSERT_NE(::SetEnvironmentVariableW(L"PTYD_TEST_TEXT", L""), 0);
  EXPECT_EQ(environment_variable("PTYD_TEST_TEXT"), std::nullopt);
  ASSERT_NE(::SetEnvironmentVariableW(L"PTYD_TEST_TEXT", nullptr), 0);
  EXPECT_EQ(environment_variable("PTYD_TEST_TEXT"), std::nullopt);
  EXPECT_EQ(environment_variable("\xFF"), std::nullopt);
}

// stdout leads elsewhere while it lives.
class Redirected {
 public:
  explicit Redirected(HANDLE to) : before_(::GetStdHandle(STD_OUTPUT_HANDLE)) { ::SetStdHandle(STD_OUTPUT_HANDLE, to); }
  Redirected(const Redirected&) = delete;
  Redirected& operator=(const Redirected&) = delete;
  ~Redirected() { ::SetStdHandle(STD_OUTPUT_HANDLE, before_); }

 private:
  HANDLE before_;
};

TEST(StandardOutput, GivesPipesTheBytesAndRemembersAFailure) {
  HANDLE ends[2];
  ASSERT_NE(::CreatePipe(&ends[0], &ends[1], nullptr, 0), 0);
  auto from = own_handle(ends[0]);
  const auto to = own_handle(ends[1]);
  const std::string text = "Zo\xC3\xAB\n\xF0\x9F\x98\x80\r\n\xFF";
  std::string got(100, '\0');
  const Redirected redirected(handle_of(to));
  write_output(OutputStream::out, text);
  DWORD size = 0;
  ASSERT_NE(::ReadFile(handle_of(from), got.data(), static_cast<DWORD>(got.size()), &size, nullptr), 0);
  EXPECT_EQ(got.substr(0, size), text);
  EXPECT_FALSE(output_failed());
  from.reset();
  write_output(OutputStream::out, text);
  EXPECT_TRUE(output_failed());
}

}  // namespace
}  // namespace ptyd
