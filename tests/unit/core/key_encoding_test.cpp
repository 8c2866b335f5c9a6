#include "daemon/core/key_encoding.hpp"

#include <gtest/gtest.h>

namespace ptyd {
namespace {

using std::string_literals::operator""s;

struct Case {
  const char* key;
  std::string bytes;
};

void expect_keys(const std::vector<Case>& cases, const TerminalModes& modes) {
  for (const auto& test : cases) {
    const auto bytes = encode_keys({test.key}, modes);
    ASSERT_TRUE(bytes) << test.key << ": " << bytes.error().message;
    EXPECT_EQ(*bytes, test.bytes) << test.key;
  }
}

TEST(Keys, AreEncodedAsXtermTypesThem) {
  expect_keys(
      {
          {"a", "a"},
          {"Z", "Z"},
          {"\xC3\xA9", "\xC3\xA9"},
          {"-", "-"},
          {"^", "^"},
          {"Enter", "\r"},
          {"enter", "\r"},
          {"Escape", "\x1b"},
          {"Space", " "},
          {"Tab", "\t"},
          {"BTab", "\x1b[Z"},
          {"S-Tab", "\x1b[Z"},
          {"BSpace", "\x7f"},
          {"C-c", "\x03"},
          {"c-C", "\x03"},
          {"^C", "\x03"},
          {"^[", "\x1b"},
          {"^?", "\x7f"},
          {"^^", "\x1e"},
          {"C-\\", "\x1c"},
          {"C-]", "\x1d"},
          {"C-_", "\x1f"},
          {"C-/", "\x1f"},
          {"C-Space", "\0"s},
          {"C-@", "\0"s},
          {"C-BSpace", "\b"},
          {"M-x", "\x1bx"},
          {"M-X", "\x1bX"},
          {"S-x", "X"},
          {"M-\xC3\xA9", "\x1b\xC3\xA9"},
          {"M-Enter", "\x1b\r"},
          {"C-M-a", "\x1b\x01"},
          {"M-C-a", "\x1b\x01"},
          {"M-^A", "\x1b\x01"},
          {"Up", "\x1b[A"},
          {"Down", "\x1b[B"},
          {"Right", "\x1b[C"},
          {"Left", "\x1b[D"},
          {"Home", "\x1b[H"},
          {"End", "\x1b[F"},
          {"C-Right", "\x1b[1;5C"},
          {"S-Up", "\x1b[1;2A"},
          {"M-Left", "\x1b[1;3D"},
          {"C-S-M-End", "\x1b[1;8F"},
          {"IC", "\x1b[2~"},
          {"DC", "\x1b[3~"},
          {"Delete", "\x1b[3~"},
          {"PPage", "\x1b[5~"},
          {"PageUp", "\x1b[5~"},
          {"NPage", "\x1b[6~"},
          {"C-NPage", "\x1b[6;5~"},
          {"F1", "\x1bOP"},
          {"F4", "\x1bOS"},
          {"F5", "\x1b[15~"},
          {"F6", "\x1b[17~"},
          {"F10", "\x1b[21~"},
          {"F11", "\x1b[23~"},
          {"F12", "\x1b[24~"},
          {"C-F1", "\x1b[1;5P"},
          {"S-F12", "\x1b[24;2~"},
          {"KP5", "5"},
          {"KPEnter", "\r"},
      },
      {});
}

TEST(Keys, FollowTheModesTheProgramSet) {
  TerminalModes cursor;
  cursor.application_cursor = true;
  expect_keys({{"Up", "\x1bOA"}, {"Home", "\x1bOH"}, {"C-Up", "\x1b[1;5A"}, {"F5", "\x1b[15~"}}, cursor);
  TerminalModes keypad;
  keypad.application_keypad = true;
  expect_keys({{"KP0", "\x1bOp"}, {"KPEnter", "\x1bOM"}, {"KP/", "\x1bOo"}, {"Up", "\x1b[A"}, {"5", "5"}}, keypad);
  TerminalModes kitty;
  kitty.kitty_flags = 1;
  expect_keys({{"Escape", "\x1b[27u"},
               {"C-c", "\x1b[99;5u"},
               {"M-x", "\x1b[120;3u"},
               {"C-S-x", "\x1b[120;6u"},
               {"S-Enter", "\x1b[13;2u"},
               {"C-;", "\x1b[59;5u"},
               {"Enter", "\r"},
               {"S-x", "X"},
               {"x", "x"},
               {"Up", "\x1b[A"}},
              kitty);
  TerminalModes other;
  other.modify_other_keys = 2;
  expect_keys({{"C-;", "\x1b[27;5;59~"},
               {"C-c", "\x1b[27;5;99~"},
               {"C-S-c", "\x1b[27;6;67~"},
               {"M-x", "\x1b[27;3;120~"},
               {"S-Enter", "\x1b[27;2;13~"},
               {"C-Enter", "\x1b[27;5;13~"},
               {"C-Tab", "\x1b[27;5;9~"},
               {"BTab", "\x1b[Z"},
               {"S-x", "X"},
               {"x", "x"},
               {"Enter", "\r"},
               {"C-Up", "\x1b[1;5A"}},
              other);
  other.modify_other_keys = 1;
  expect_keys({{"C-;", "\x1b[27;5;59~"}, {"C-c", "\x03"}, {"M-x", "\x1bx"}, {"C-Space", "\0"s}}, other);
}

TEST(Keys, OfTheKittyProtocol) {
  TerminalModes kitty;
  kitty.kitty_flags = 1;
  kitty.application_cursor = true;
  kitty.application_keypad = true;
  expect_keys({{"Up", "\x1b[A"},
               {"C-Up", "\x1b[1;5A"},
               {"F1", "\x1b[P"},
               {"F3", "\x1b[13~"},
               {"S-F3", "\x1b[13;2~"},
               {"F5", "\x1b[15~"},
               {"Tab", "\t"},
               {"BTab", "\x1b[9;2u"},
               {"BSpace", "\x7f"},
               {"C-Space", "\x1b[32;5u"},
               {"M-X", "\x1b[120;4u"},
               {"KP5", "5"},
               {"C-KP5", "\x1b[57404;5u"},
               {"KPEnter", "\x1b[57414u"}},
              kitty);
  kitty.kitty_flags = 1 | 8;
  expect_keys({{"a", "\x1b[97u"},
               {"A", "\x1b[97;2u"},
               {"S-a", "\x1b[97;2u"},
               {"Enter", "\x1b[13u"},
               {"Tab", "\x1b[9u"},
               {"BSpace", "\x1b[127u"},
               {"Space", "\x1b[32u"},
               {"KP5", "\x1b[57404u"},
               {"KP+", "\x1b[57413u"},
               {"\xC3\xA9", "\x1b[233u"}},
              kitty);
  kitty.kitty_flags = 8 | 16;
  expect_keys({{"a", "\x1b[97;;97u"},
               {"A", "\x1b[97;2;65u"},
               {"C-a", "\x1b[97;5u"},
               {"Enter", "\x1b[13u"},
               {"KP5", "\x1b[57404;;53u"},
               {"\xC3\xA9", "\x1b[233;;233u"}},
              kitty);
}

TEST(Keys, SeveralComeOneAfterTheOther) {
  EXPECT_EQ(encode_keys({"l", "s", "Enter", "C-d"}, {}).value(), "ls\r\x04");
  EXPECT_EQ(encode_keys({}, {}).value(), "");
}

TEST(Keys, UnknownOnesAreNamed) {
  for (const std::string name :
       {"", "Entr", "F13", "F0", "C-Entr", "X-a", "C-", "ab", "\xFF", "\xC3", "C-\xC3\xA9", "C-;"}) {
    const auto bytes = encode_keys({"a", name}, {});
    ASSERT_FALSE(bytes) << name;
    EXPECT_EQ(bytes.error().code, errc::invalid_argument);
    EXPECT_NE(bytes.error().message.find("'" + name + "'"), std::string::npos);
    EXPECT_FALSE(bytes.error().hint.empty());
    EXPECT_EQ(bytes.error().subject, "keys");
  }
  EXPECT_LT(encode_keys({std::string(100000, 'x')}, {}).error().message.size(), 200u);
}

TEST(Paste, LineEndsBecomeTheEnterKey) {
  EXPECT_EQ(encode_paste("a\nb\r\nc\rd\n\ne", {}), "a\rb\rc\rd\r\re");
  EXPECT_EQ(encode_paste("", {}), "");
  EXPECT_EQ(encode_paste("\x1b[201~", {}), "\x1b[201~") << "nothing to get out of";
}

TEST(Paste, IsInBracketsThatItCanNotLeave) {
  TerminalModes modes;
  modes.bracketed_paste = true;
  const std::vector<std::pair<std::string, std::string>> cases{
      {"", ""},
      {"ls\n", "ls\r"},
      {"a\x1b[201~b", "ab"},
      {"\x1b[20\x1b[201~1~x", "x"},
      {"\x1b[2\x1b[20\x1b[201~1~01~x", "x"},
      {"\xC2\x9B"
       "201~x",
       "x"},
      {"\x9B"
       "201~x",
       "x"},
      {"\x1b[200~x", "\x1b[200~x"},
      {"\x1b[201", "\x1b[201"},
  };
  for (const auto& [text, wanted] : cases) EXPECT_EQ(encode_paste(text, modes), "\x1b[200~" + wanted + "\x1b[201~");
}

}  // namespace
}  // namespace ptyd
