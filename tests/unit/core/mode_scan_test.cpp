#include "daemon/core/mode_scan.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <random>

#include "daemon/core/replay_filter.hpp"

namespace ptyd {

void PrintTo(const TerminalModes& modes, std::ostream* out) { *out << testing::PrintToString(restore_modes(modes)); }

namespace {

TerminalModes scan(std::string_view bytes) {
  ModeScanner scanner;
  scanner.feed(bytes);
  return scanner.modes();
}

struct Case {
  std::string bytes;
  std::function<void(TerminalModes&)> change;
};

const std::vector<Case>& cases() {
  static const std::vector<Case> all{
      {"plain text\r\n", [](auto&) {}},
      {"\x1b[?1h", [](auto& m) { m.application_cursor = true; }},
      {"\x1b[?1h\x1b[?1l", [](auto&) {}},
      {"\x1b=", [](auto& m) { m.application_keypad = true; }},
      {"\x1b=\x1b>", [](auto&) {}},
      {"\x1b[?66h", [](auto& m) { m.application_keypad = true; }},
      {"\x1b[?2004h", [](auto& m) { m.bracketed_paste = true; }},
      {"\xC2\x9B?2004h", [](auto& m) { m.bracketed_paste = true; }},
      {"\x1b[?1049h", [](auto& m) { m.alternate_screen = true; }},
      {"\x1b[?47h", [](auto& m) { m.alternate_screen = true; }},
      {"\x1b[?1049h\x1b[?1049l", [](auto&) {}},
      {"\x1b[?25l", [](auto& m) { m.cursor_hidden = true; }},
      {"\x1b[?7l\x1b[?5h", [](auto& m) { m.no_autowrap = m.reverse_video = true; }},
      {"\x1b[?1004h", [](auto& m) { m.focus_events = true; }},
      {"\x1b[?1007h", [](auto& m) { m.alternate_scroll = true; }},
      {"\x1b[?1000;1006h", [](auto& m) { m.mouse = 1000, m.mouse_encoding = 1006; }},
      {"\x1b[?1000h\x1b[?1002h\x1b[?1003h", [](auto& m) { m.mouse = 1003; }},
      {"\x1b[?1003h\x1b[?1000l", [](auto&) {}},
      {"\x1b[?1006h\x1b[?1015l", [](auto& m) { m.mouse_encoding = 1006; }},
      {"\x1b[?1;2004;25l\x1b[?1;2004h",
       [](auto& m) { m.application_cursor = m.bracketed_paste = m.cursor_hidden = true; }},
      {"\x1b[>4;2m", [](auto& m) { m.modify_other_keys = 2; }},
      {"\x1b[>4;2m\x1b[>4m", [](auto&) {}},
      {"\x1b[>4;2m\x1b[>4n", [](auto&) {}},
      {"\x1b[4;2m", [](auto&) {}},
      {"\x1b[>1u", [](auto& m) { m.kitty_flags = 1; }},
      {"\x1b[>1u\x1b[>7u\x1b[<u", [](auto& m) { m.kitty_flags = 1; }},
      {"\x1b[>1u\x1b[>7u\x1b[<2u", [](auto&) {}},
      {"\x1b[<u\x1b[<99999u", [](auto&) {}},
      {"\x1b[=5u\x1b[=2;2u\x1b[=1;3u", [](auto& m) { m.kitty_flags = 6; }},
      {"\x1b[?u\x1b[u", [](auto&) {}},
      {"\x1b[>1u\x1b[?1049h", [](auto& m) { m.alternate_screen = true; }},
      {"\x1b[>1u\x1b[?1049h\x1b[>3u\x1b[?1049l", [](auto& m) { m.kitty_flags = 1; }},
      {"\x1b[?1049h\x1b[>3u", [](auto& m) { m.alternate_screen = true, m.kitty_flags = 3; }},
      {"\x1b[?1h\x1b[?25l\x1b[?2004h\x1b[!p", [](auto& m) { m.bracketed_paste = true; }},
      {"\x1b[?1h\x1b[?1049h\x1b[>1u\x1b"
       "c",
       [](auto&) {}},
      {"\x1b]0;\x1b\\\x1b[?1h", [](auto& m) { m.application_cursor = true; }},
      {"\x1b]0;[?1h\x07", [](auto&) {}},
      {"\x1bP[?1h\x1b\\", [](auto&) {}},
      {"\x1b[?1\x18h", [](auto&) {}},
      {"\x1b[?1\x1b[?2004h", [](auto& m) { m.bracketed_paste = true; }},
      {"\x1b[?1$p\x1b[?1s\x1b[1h", [](auto&) {}},
      {"\xC3\x9B?1h", [](auto&) {}},
  };
  return all;
}

TEST(ModeScan, FindsWhatTheProgramSet) {
  for (const auto& test : cases()) {
    TerminalModes wanted;
    test.change(wanted);
    EXPECT_EQ(scan(test.bytes), wanted) << testing::PrintToString(test.bytes);
  }
}

TEST(ModeScan, CutsMakeNoDifference) {
  for (const auto& test : cases()) {
    TerminalModes wanted;
    test.change(wanted);
    for (std::size_t cut = 0; cut <= test.bytes.size(); ++cut) {
      ModeScanner scanner;
      scanner.feed(std::string_view(test.bytes).substr(0, cut));
      scanner.feed(std::string_view(test.bytes).substr(cut));
      EXPECT_EQ(scanner.modes(), wanted) << testing::PrintToString(test.bytes) << " cut at " << cut;
    }
  }
}

TEST(ModeScan, TheKittyStackIsBounded) {
  ModeScanner scanner;
  for (int i = 0; i < 1000; ++i) scanner.feed("\x1b[>" + std::to_string(i % 32) + "u");
  EXPECT_EQ(scanner.modes().kitty_flags, 999 % 32);
  for (int i = 0; i < 8; ++i) scanner.feed("\x1b[<u");
  EXPECT_EQ(scanner.modes().kitty_flags, (999 - 8) % 32);
  scanner.feed("\x1b[<u");
  EXPECT_EQ(scanner.modes().kitty_flags, 0);
}

TEST(ModeScan, RestoringModesSetsExactlyThem) {
  std::mt19937 random(7);
  for (int i = 0; i < 300; ++i) {
    std::string bytes;
    for (int k = 0; k < 6; ++k) bytes += cases()[random() % cases().size()].bytes;
    const auto modes = scan(bytes);
    EXPECT_EQ(scan(restore_modes(modes)), modes);
    EXPECT_EQ(scan(bytes + replay_prefix() + restore_modes(modes)).mouse, modes.mouse);
  }
}

TEST(ModeScan, TheReplayPrefixLeavesNoModeSet) {
  for (const auto& test : cases()) {
    auto modes = scan(test.bytes + replay_prefix());
    modes.alternate_scroll = false;  // a preference of the terminal, not touched
    EXPECT_EQ(modes, TerminalModes{}) << testing::PrintToString(test.bytes);
  }
}

}  // namespace
}  // namespace ptyd
