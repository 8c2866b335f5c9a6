// What the system itself makes of a command line.
#include <gtest/gtest.h>
#include <windows.h>

#include <shellapi.h>

#include <string>
#include <vector>

#include "daemon/host/command_line.hpp"

namespace ptyd::host {
namespace {

std::string utf8(const wchar_t* wide) {
  char text[512];
  const int bytes = ::WideCharToMultiByte(CP_UTF8, 0, wide, -1, text, sizeof text, nullptr, nullptr);
  return bytes > 0 ? std::string(text, static_cast<std::size_t>(bytes) - 1) : "?";
}

TEST(CommandLine, IsReadBackByTheSystem) {
  const std::vector<std::string> argv = {"C:\\pro gram.exe",
                                         "",
                                         "plain",
                                         "two words",
                                         "tab\there",
                                         "\"",
                                         "\\",
                                         "\\\\",
                                         "\\\"",
                                         "\\\\\"",
                                         "a\\",
                                         "a b\\",
                                         "a b\\\\",
                                         "\\\\server\\share\\",
                                         "%PATH%",
                                         "\xe6\xbc\xa2\xe5\xad\x97",
                                         "\xf0\x9f\x98\x80",
                                         "say \"hi there\" \\"};
  std::vector<const char*> pointers;
  for (const std::string& one : argv) pointers.push_back(one.c_str());
  pointers.push_back(nullptr);
  WideText counted(nullptr);
  ASSERT_TRUE(write_command_line(pointers.data(), counted));
  std::u16string line(counted.units(), u'?');
  WideText to(line.data());
  ASSERT_TRUE(write_command_line(pointers.data(), to));

  int count = 0;
  wchar_t** const read = ::CommandLineToArgvW(reinterpret_cast<const wchar_t*>(line.c_str()), &count);
  ASSERT_NE(read, nullptr);
  std::vector<std::string> back;
  for (int i = 0; i < count; ++i) back.push_back(utf8(read[i]));
  ::LocalFree(read);
  EXPECT_EQ(back, argv);
}

}  // namespace
}  // namespace ptyd::host
