// What keys in a console become, and what is written to one.
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "client/terminal/console_input_windows.hpp"
#include "client/terminal/outer_terminal.hpp"
#include "common/console_output_windows.hpp"
#include "common/handle_windows.hpp"
#include "tests/support/wine.hpp"

namespace ptyd {
namespace {

INPUT_RECORD key(wchar_t unit, bool down = true, WORD code = 0, DWORD state = 0, WORD repeats = 1) {
  INPUT_RECORD record{};
  record.EventType = KEY_EVENT;
  record.Event.KeyEvent.bKeyDown = down ? TRUE : FALSE;
  record.Event.KeyEvent.wRepeatCount = repeats;
  record.Event.KeyEvent.wVirtualKeyCode = code;
  record.Event.KeyEvent.uChar.UnicodeChar = unit;
  record.Event.KeyEvent.dwControlKeyState = state;
  return record;
}

std::string bytes_of(std::vector<INPUT_RECORD> records) {
  ConsoleInput input;
  return input.take(records).bytes;
}

TEST(ConsoleInput, KeysAreTheirCharacters) {
  EXPECT_EQ(bytes_of({key(L'a'), key(L'a', false), key(L'b'), key(L'b', false)}), "ab");
  EXPECT_EQ(bytes_of({key(L'x', true, 'X', 0, 3)}), "xxx");
  EXPECT_EQ(bytes_of({key(L'\x1b'), key(L'['), key(L'A')}), "\x1b[A");
  EXPECT_EQ(bytes_of({key(L'\x03', true, 'C', LEFT_CTRL_PRESSED)}), "\x03");
  EXPECT_EQ(bytes_of({key(L'\u00e4')}), "\xc3\xa4");
}

TEST(ConsoleInput, KeysWithoutACharacterAreNothing) {
  EXPECT_EQ(bytes_of({key(0, true, VK_SHIFT, SHIFT_PRESSED), key(0, true, VK_CONTROL, LEFT_CTRL_PRESSED)}), "");
}

TEST(ConsoleInput, NulIsTypedByControlAndSpace) {
  EXPECT_EQ(bytes_of({key(0, true, VK_SPACE, LEFT_CTRL_PRESSED)}), std::string(1, '\0'));
}

TEST(ConsoleInput, CharactersByNumberComeWhenAltGoesUp) {
  EXPECT_EQ(bytes_of({key(L'\u20ac', false, VK_MENU)}), "\xe2\x82\xac");
  EXPECT_EQ(bytes_of({key(0, false, VK_MENU)}), "");
}

TEST(ConsoleInput, HalvesOfACharacterAreJoinedAcrossReads) {
  ConsoleInput input;
  const std::array first{key(L'\xd83d')};
  const std::array second{key(L'\xde00')};
  EXPECT_EQ(input.take(first).bytes, "");
  EXPECT_EQ(input.take(second).bytes, "\xf0\x9f\x98\x80");
}

TEST(ConsoleInput, ANewSizeIsNoInput) {
  INPUT_RECORD record{};
  record.EventType = WINDOW_BUFFER_SIZE_EVENT;
  ConsoleInput input;
  const auto said = input.take(std::span(&record, 1));
  EXPECT_TRUE(said.resized);
  EXPECT_EQ(said.bytes, "");
}

// The console that the tests run in, or one of their own, which goes with them. Wine has the first only:
// tests/wine/test_console.py runs them in one.
class Console : public testing::Test {
 protected:
  void SetUp() override {
    if (has_console()) return;
    ::FreeConsole();
    opened_ = ::AllocConsole() != 0;
    PTYD_SKIP_WHERE_WINE_LACKS(opened_ && has_console(), "a console without a display");
  }
  void TearDown() override {
    if (opened_) ::FreeConsole();
  }

 private:
  static bool has_console() {
    const auto output =
        own_handle(::CreateFileW(L"CONOUT$", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, nullptr,
                                 OPEN_EXISTING, 0, nullptr));
    DWORD mode = 0;
    return output && ::GetConsoleMode(handle_of(output), &mode) != 0;
  }

  bool opened_ = false;
};

TEST_F(Console, RawModeIsLeftAgain) {
  auto terminal = OuterTerminal::open();
  ASSERT_TRUE(terminal) << terminal.error().message;
  const HANDLE input = reinterpret_cast<HANDLE>((*terminal)->input());
  DWORD before = 0;
  ASSERT_NE(::GetConsoleMode(input, &before), 0);
  const auto raw = (*terminal)->enter_raw();
  PTYD_SKIP_WHERE_WINE_LACKS(raw, "terminal sequences in a console");
  DWORD now = 0;
  ASSERT_NE(::GetConsoleMode(input, &now), 0);
  EXPECT_EQ(now & (ENABLE_LINE_INPUT | ENABLE_ECHO_INPUT | ENABLE_PROCESSED_INPUT), 0U);
  (*terminal)->restore("\x1b[0m");
  DWORD after = 0;
  ASSERT_NE(::GetConsoleMode(input, &after), 0);
  EXPECT_EQ(after, before);
}

TEST_F(Console, CharactersMayBeCutAnywhere) {
  const auto screen = own_handle(
      ::CreateConsoleScreenBuffer(GENERIC_READ | GENERIC_WRITE, 0, nullptr, CONSOLE_TEXTMODE_BUFFER, nullptr));
  ASSERT_TRUE(screen);
  ConsoleOutput output;
  for (const char byte : std::string("a\xc3\xa4\xe2\x82\xac."))
    ASSERT_TRUE(output.write(handle_of(screen), {&byte, 1}));
  std::array<wchar_t, 4> shown{};
  DWORD count = 0;
  ASSERT_NE(::ReadConsoleOutputCharacterW(handle_of(screen), shown.data(), 4, COORD{0, 0}, &count), 0);
  EXPECT_EQ(std::wstring(shown.data(), count), L"a\u00e4\u20ac.");
}

}  // namespace
}  // namespace ptyd
