#include "daemon/host/command_line.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ptyd::host {
namespace {

// Nothing when it is refused. Written twice: what was counted must be what is written.
template <class Write>
std::u16string written(Write write) {
  WideText counted(nullptr);
  if (!write(counted)) return u"refused";
  std::u16string text(counted.units(), u'?');
  WideText to(text.data());
  EXPECT_TRUE(write(to));
  EXPECT_EQ(to.units(), counted.units());
  return text;
}

std::vector<const char*> pointers(const std::vector<std::string>& texts) {
  std::vector<const char*> list;
  for (const std::string& text : texts) list.push_back(text.c_str());
  list.push_back(nullptr);
  return list;
}

std::u16string line_of(const std::vector<std::string>& argv) {
  std::u16string line = written([&](WideText& to) { return write_command_line(pointers(argv).data(), to); });
  EXPECT_TRUE(line == u"refused" || line.back() == 0);
  if (line.back() == 0) line.pop_back();
  return line;
}

std::u16string environment_of(std::string entries, const std::vector<std::size_t>& lengths) {
  std::vector<char*> envp;
  char* at = entries.data();
  for (const std::size_t length : lengths) {
    envp.push_back(at);
    at += length + 1;
  }
  envp.push_back(nullptr);
  sort_environment(envp.data());
  return written([&](WideText& to) { return write_environment(envp.data(), to); });
}

std::u16string environment_of(const std::vector<std::string>& entries) {
  std::string all;
  std::vector<std::size_t> lengths;
  for (const std::string& entry : entries) {
    all.append(entry.c_str(), entry.size() + 1);
    lengths.push_back(entry.size());
  }
  return environment_of(all, lengths);
}

using namespace std::string_literals;

TEST(CommandLine, QuotesWhatNeedsIt) {
  EXPECT_EQ(line_of({"a.exe"}), u"\"a.exe\"");
  EXPECT_EQ(line_of({"C:\\a b\\c.exe", "plain", "two words"}), u"\"C:\\a b\\c.exe\" plain \"two words\"");
  EXPECT_EQ(line_of({"a", ""}), u"\"a\" \"\"");
  EXPECT_EQ(line_of({"a", "tab\there", "new\nline"}), u"\"a\" \"tab\there\" \"new\nline\"");
}

TEST(CommandLine, DoublesBackslashesOnlyBeforeQuotationMarks) {
  EXPECT_EQ(line_of({"a", "C:\\folder\\"}), u"\"a\" C:\\folder\\");
  EXPECT_EQ(line_of({"a", "C:\\my folder\\"}), u"\"a\" \"C:\\my folder\\\\\"");
  EXPECT_EQ(line_of({"a", "say \"hi\""}), u"\"a\" \"say \\\"hi\\\"\"");
  EXPECT_EQ(line_of({"a", "x\\\"y"}), u"\"a\" \"x\\\\\\\"y\"");
  EXPECT_EQ(line_of({"a", "x\\y z"}), u"\"a\" \"x\\y z\"");
}

TEST(CommandLine, WritesTextOfAllPlanes) {
  EXPECT_EQ(line_of({"a", "\xc3\xa9\xe6\xbc\xa2\xf0\x9f\x98\x80"}), u"\"a\" \u00e9\u6f22\U0001f600");
  EXPECT_EQ(line_of({"a", "\xf0\x9f\x98\x80 b"}), u"\"a\" \"\U0001f600 b\"");
}

TEST(CommandLine, RefusesWhatCannotBeSaid) {
  EXPECT_EQ(line_of({"a\"b"}), u"refused");
  for (const char* const bad :
       {"\xff", "\xc3", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\x80", "\xe6\xbc", " \xff"}) {
    EXPECT_EQ(line_of({"a", bad}), u"refused");
    EXPECT_EQ(line_of({bad}), u"refused");
    EXPECT_EQ(environment_of({"A="s + bad}), u"refused");
  }
}

TEST(EnvironmentBlock, IsSortedWithoutRegardToCase) {
  EXPECT_EQ(environment_of({"b=1", "A=2", "_=3", "C=4", "=C:=C:\\x", "AB=5"}),
            u"=C:=C:\\x\0A=2\0AB=5\0b=1\0C=4\0_=3\0\0"s);
}

TEST(EnvironmentBlock, TheLastOfEqualNamesCounts) {
  EXPECT_EQ(environment_of({"Path=one", "X=", "PATH=two", "path=three"}), u"path=three\0X=\0\0"s);
}

TEST(EnvironmentBlock, LeavesOutWhatHasNoName) { EXPECT_EQ(environment_of({"nothing", "", "A=1", "="}), u"A=1\0\0"s); }

TEST(EnvironmentBlock, EndsWithTwoNulsAlsoWhenEmpty) {
  EXPECT_EQ(environment_of(std::vector<std::string>{}), u"\0\0"s);
}

TEST(EnvironmentBlock, FindsAVariableByItsWholeName) {
  const char* const envp[] = {"PATHEXT=.exe", "Path=C:\\a", "EMPTY=", nullptr};
  EXPECT_STREQ(find_variable(envp, "PATH"), "C:\\a");
  EXPECT_STREQ(find_variable(envp, "empty"), "");
  EXPECT_EQ(find_variable(envp, "PAT"), nullptr);
}

}  // namespace
}  // namespace ptyd::host
