#include "daemon/core/session_name.hpp"

#include <gtest/gtest.h>

#include <set>

namespace ptyd {
namespace {

TEST(SessionName, AcceptsOneWordOfLettersDigitsAndDots) {
  for (const std::string name : {"a", "work", "bash-2", "my.proj_1", "_x", "0", ".hidden", "deadbeef"})
    EXPECT_TRUE(validate_session_name(name)) << name;
  EXPECT_TRUE(validate_session_name(std::string(64, 'x')));
}

TEST(SessionName, RefusesOthersAndSaysWhatIsAllowed) {
  const std::string long_name(65, 'x');
  for (const std::string& name :
       {std::string(), std::string("-d"), std::string("a b"), std::string("a/b"), std::string("a=b"),
        std::string("a:1"), std::string("\xC3\xA4"), std::string("a\n"), std::string("a\0b", 3),
        std::string("\x1b[31m"), long_name, std::string("0123456789abcdef0123456789ABCDEF")}) {
    const auto valid = validate_session_name(name);
    ASSERT_FALSE(valid) << name;
    EXPECT_EQ(valid.error().code, errc::invalid_argument);
    EXPECT_EQ(valid.error().subject, "name");
    EXPECT_NE(valid.error().hint.find("1 to 64"), std::string::npos);
  }
}

TEST(SessionName, AHugeNameMakesAShortError) {
  EXPECT_LT(validate_session_name(std::string(100000, '*')).error().message.size(), 200u);
}

TEST(Labels, KeysAndValuesHaveBounds) {
  EXPECT_TRUE(validate_label("a", ""));
  EXPECT_TRUE(validate_label("ptyd.dev/owner-1_x", "any text = \xC3\xA4"));
  EXPECT_TRUE(validate_label(std::string(64, 'k'), std::string(256, 'v')));
  EXPECT_FALSE(validate_label("", "v"));
  EXPECT_FALSE(validate_label("a b", "v"));
  EXPECT_FALSE(validate_label("a=b", "v"));
  EXPECT_FALSE(validate_label(std::string(65, 'k'), "v"));
  EXPECT_FALSE(validate_label("a", std::string(257, 'v')));
  EXPECT_FALSE(validate_label("a", "\xFF"));
  EXPECT_EQ(validate_label("", "v").error().subject, "labels");
}

TEST(SessionName, IsChosenAfterTheProgram) {
  const auto free = [](std::string_view) { return false; };
  EXPECT_EQ(choose_name("bash", free), "bash");
  EXPECT_EQ(choose_name("/usr/bin/zsh", free), "zsh");
  EXPECT_EQ(choose_name("-bash", free), "bash");
  EXPECT_EQ(choose_name("", free), "session");
  EXPECT_EQ(choose_name("/", free), "session");
  EXPECT_EQ(choose_name("---", free), "session");
  EXPECT_EQ(choose_name("my tool", free), "my_tool");
}

TEST(SessionName, IsNumberedWhenItIsTaken) {
  std::set<std::string, std::less<>> names;
  const auto taken = [&names](std::string_view name) { return names.contains(name); };
  for (const char* wanted : {"bash", "bash-2", "bash-3"}) {
    const auto name = choose_name("bash", taken);
    EXPECT_EQ(name, wanted);
    names.insert(name);
  }
}

TEST(SessionName, WhatIsChosenIsValid) {
  int asked = 0;
  const auto taken = [&asked](std::string_view) { return ++asked % 50 != 0; };
  for (const std::string& program :
       {std::string("\xFF\xFE/\x01\x02"), std::string(500, 'x'), std::string("0123456789abcdef0123456789abcdef"),
        std::string("a\0b", 3), std::string("-\xC3\xA4"), std::string("x/")})
    EXPECT_TRUE(validate_session_name(choose_name(program, taken))) << program;
}

TEST(SessionId, IsShownInLowerCaseHex) {
  std::array<std::uint8_t, 16> id{};
  id[0] = 0x0A;
  id[15] = 0xF1;
  EXPECT_EQ(id_to_hex(id), "0a0000000000000000000000000000f1");
}

}  // namespace
}  // namespace ptyd
