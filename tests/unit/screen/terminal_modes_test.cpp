// Modes, screens, resets, keyboards. Expected by xterm's control sequences, DEC STD 070 and kitty's keyboard protocol.
#include "daemon/screen/modes.hpp"
#include "tests/unit/screen/terminal_support.hpp"

namespace ptyd::screen {
namespace {

std::string number(std::uint32_t value) { return std::to_string(value); }

TEST(TerminalModes, AreSetAndReset) {
  for (const auto& [name, mode] : kPrivateModes) {
    SCOPED_TRACE(name);
    Terminal terminal(size_of(4, 10));
    terminal.feed("\x1b[?" + number(name) + "h");
    EXPECT_TRUE(terminal.state().on(mode));
    EXPECT_EQ(replies_to(terminal, "\x1b[?" + number(name) + "$p"), "\x1b[?" + number(name) + ";1$y");
    terminal.feed("\x1b[?" + number(name) + "l");
    EXPECT_FALSE(terminal.state().on(mode));
    EXPECT_EQ(replies_to(terminal, "\x1b[?" + number(name) + "$p"), "\x1b[?" + number(name) + ";2$y");
  }
  for (const auto& [name, mode] : kAnsiModes) {
    SCOPED_TRACE(name);
    Terminal terminal(size_of(4, 10));
    terminal.feed("\x1b[" + number(name) + "h");
    EXPECT_TRUE(terminal.state().on(mode));
    EXPECT_EQ(replies_to(terminal, "\x1b[" + number(name) + "$p"), "\x1b[" + number(name) + ";1$y");
    terminal.feed("\x1b[" + number(name) + "l");
    EXPECT_FALSE(terminal.state().on(mode));
    EXPECT_EQ(replies_to(terminal, "\x1b[" + number(name) + "$p"), "\x1b[" + number(name) + ";2$y");
  }
}

TEST(TerminalModes, EveryModeHasANumber) {
  Modes known;
  for (const auto& entry : kAnsiModes) known.set(static_cast<std::size_t>(entry.mode));
  for (const auto& entry : kPrivateModes) known.set(static_cast<std::size_t>(entry.mode));
  EXPECT_FALSE(known[static_cast<std::size_t>(Mode::guarded_areas)]);  // set by SPA
  known.set(static_cast<std::size_t>(Mode::guarded_areas));
  EXPECT_TRUE(known.all());
}

TEST(TerminalModes, AtFirst) {
  const Terminal terminal(size_of(4, 10));
  Modes expected;
  expected.set(static_cast<std::size_t>(Mode::autowrap));
  expected.set(static_cast<std::size_t>(Mode::cursor_visible));
  EXPECT_EQ(terminal.state().modes, expected);
}

TEST(TerminalModes, SeveralAtOnce) {
  Terminal terminal(size_of(4, 10));
  terminal.feed("\x1b[?1;2004;99999;1004h\x1b[4;20h");
  for (const auto mode :
       {Mode::application_cursor, Mode::bracketed_paste, Mode::focus_events, Mode::insert, Mode::newline})
    EXPECT_TRUE(terminal.state().on(mode));
}

TEST(TerminalModes, UnknownOnesAreReportedAsSuch) {
  Terminal terminal(size_of(4, 10));
  EXPECT_EQ(replies_to(terminal, "\x1b[?9999$p\x1b[3$p\x1b[?4$p\x1b[25$p"),
            "\x1b[?9999;0$y\x1b[3;0$y\x1b[?4;0$y\x1b[25;0$y");
}

struct MouseCase {
  std::string_view input;
  MouseTracking tracking;
  MouseEncoding encoding;
  std::string_view asked;
  std::string_view reply;
};

TEST(TerminalModes, Mouse) {
  for (const auto& [input, tracking, encoding, asked, reply] : std::vector<MouseCase>{
           {"", MouseTracking::off, MouseEncoding::x10, "1000", "2"},
           {"\x1b[?9h", MouseTracking::x10, MouseEncoding::x10, "9", "1"},
           {"\x1b[?1000h", MouseTracking::normal, MouseEncoding::x10, "1000", "1"},
           {"\x1b[?1002h", MouseTracking::button, MouseEncoding::x10, "1002", "1"},
           {"\x1b[?1003h", MouseTracking::any, MouseEncoding::x10, "1003", "1"},
           {"\x1b[?1000h\x1b[?1003h", MouseTracking::any, MouseEncoding::x10, "1000", "2"},
           {"\x1b[?1003h\x1b[?1000l", MouseTracking::off, MouseEncoding::x10, "1003", "2"},
           {"\x1b[?1005h", MouseTracking::off, MouseEncoding::utf8, "1005", "1"},
           {"\x1b[?1006h", MouseTracking::off, MouseEncoding::sgr, "1006", "1"},
           {"\x1b[?1015h", MouseTracking::off, MouseEncoding::urxvt, "1015", "1"},
           {"\x1b[?1016h", MouseTracking::off, MouseEncoding::sgr_pixels, "1016", "1"},
           {"\x1b[?1006h\x1b[?1015l", MouseTracking::off, MouseEncoding::sgr, "1015", "2"},
           {"\x1b[?1006h\x1b[?1006l", MouseTracking::off, MouseEncoding::x10, "1006", "2"},
           {"\x1b[?1002;1006h", MouseTracking::button, MouseEncoding::sgr, "1006", "1"},
       }) {
    SCOPED_TRACE(input);
    Terminal terminal(size_of(4, 10));
    terminal.feed(input);
    EXPECT_EQ(terminal.state().mouse, tracking);
    EXPECT_EQ(terminal.state().mouse_encoding, encoding);
    EXPECT_EQ(replies_to(terminal, "\x1b[?" + std::string(asked) + "$p"),
              "\x1b[?" + std::string(asked) + ';' + std::string(reply) + "$y");
  }
}

TEST(TerminalModes, AlternateScreens) {
  check({
      {"47 does not clear", "ab\x1b[?47hcd\x1b[?47l\x1b[?47h", "  cd", "1,5"},
      {"47 shares the cursor", "ab\x1b[?47hcd\x1b[?47lef", "ab  ef", "1,7"},
      {"1047 clears when it is left", "ab\x1b[?1047hcd\x1b[?1047l\x1b[?47h", "", "1,5"},
      {"1047 does not clear when it is entered", "\x1b[?47hcd\x1b[?47l\x1b[?1047h", "cd", "1,3"},
      {"1047 reset on the primary screen", "ab\x1b[?1047l", "ab", "1,3"},
      {"1049 clears when it is entered", "\x1b[?47hcd\x1b[?47l\x1b[?1049h", "", "1,3"},
      {"1049 does not move the cursor", "ab\x1b[?1049hc", "  c", "1,4"},
      {"1049 gives screen and cursor back", "ab\x1b[?1049h\x1b[3;3Hcd\x1b[?1049l", "ab", "1,3"},
      {"1049 on the alternate screen clears it", "\x1b[?1049hcd\x1b[?1049h", "", "1,3"},
      {"1049 reset on the primary screen restores the cursor",
       "\x1b[2;2H\x1b"
       "7\x1b[4;4H\x1b[?1049l",
       "", "2,2"},
      {"margins are of both", "\x1b[2;3r\x1b[?1049h\x1b[3;1Hx\ny", "|x| y", "3,3"},
      {"text modes are of both", "\x1b(0\x1b[?1049hq", "\xe2\x94\x80", "1,2"},
  });
}

TEST(TerminalModes, TheListenerHearsOfTheAlternateScreen) {
  Recorder recorder;
  Terminal terminal(size_of(4, 10), &recorder);
  terminal.feed("\x1b[?1049h\x1b[?1049h\x1b[?47l\x1b[?47l\x1b[?1047h");
  EXPECT_EQ(recorder.alternates, (std::vector<bool>{true, false, true}));
  terminal.feed(
      "\x1b"
      "c");
  EXPECT_EQ(recorder.alternates, (std::vector<bool>{true, false, true, false}));
  EXPECT_EQ(&terminal.active(), &terminal.primary());
}

TEST(TerminalModes, ScreensAndTheSavedCursorAreReported) {
  Terminal terminal(size_of(4, 10));
  EXPECT_EQ(replies_to(terminal, "\x1b[?47$p\x1b[?1047$p\x1b[?1048$p\x1b[?1049$p"),
            "\x1b[?47;2$y\x1b[?1047;2$y\x1b[?1048;2$y\x1b[?1049;2$y");
  EXPECT_EQ(replies_to(terminal,
                       "\x1b"
                       "7\x1b[?47h\x1b[?47$p\x1b[?1047$p\x1b[?1048$p\x1b[?1049$p"),
            "\x1b[?47;1$y\x1b[?1047;1$y\x1b[?1048;2$y\x1b[?1049;1$y");
}

TEST(TerminalModes, SaveAndRestore) {
  Terminal terminal(size_of(4, 10));
  terminal.feed("\x1b[?7;25;1002s\x1b[?7;25l\x1b[?1002h\x1b[?7;25r");
  EXPECT_TRUE(terminal.state().on(Mode::autowrap));
  EXPECT_TRUE(terminal.state().on(Mode::cursor_visible));
  EXPECT_EQ(terminal.state().mouse, MouseTracking::button);
  terminal.feed("\x1b[?1002r\x1b[?5r");
  EXPECT_EQ(terminal.state().mouse, MouseTracking::off);
  EXPECT_FALSE(terminal.state().on(Mode::reverse_video));
  terminal.feed("ab\x1b[?1049s\x1b[?1049hcd\x1b[?1049r");
  EXPECT_EQ(screen_text(terminal), "ab");
  EXPECT_EQ(cursor_text(terminal), "1,5");
}

TEST(TerminalModes, SavedModesAreBounded) {
  Terminal terminal(size_of(4, 10));
  std::string input;
  for (int i = 0; i < 65'536; ++i) input += "\x1b[?" + std::to_string(i) + 's';
  terminal.feed(input);
  EXPECT_LT(terminal.state().saved_modes.size(), 64U);
}

TEST(TerminalModes, CursorShape) {
  Terminal terminal(size_of(4, 10));
  terminal.feed("\x1b[4 q");
  EXPECT_EQ(terminal.state().cursor_shape, CursorShape::underline);
  terminal.feed("\x1b[7 q");
  EXPECT_EQ(terminal.state().cursor_shape, CursorShape::underline);
  terminal.feed("\x1b[ q");
  EXPECT_EQ(terminal.state().cursor_shape, CursorShape::unset);
}

TEST(TerminalModes, ApplicationKeypad) {
  Terminal terminal(size_of(4, 10));
  terminal.feed("\x1b=");
  EXPECT_TRUE(terminal.state().on(Mode::application_keypad));
  terminal.feed("\x1b>");
  EXPECT_FALSE(terminal.state().on(Mode::application_keypad));
}

TEST(TerminalModes, KittyKeyboard) {
  struct KittyCase {
    std::string_view input;
    std::uint8_t flags;
    std::vector<std::uint8_t> stack;
  };
  for (const auto& [input, flags, stack] : std::vector<KittyCase>{
           {"", 0, {}},
           {"\x1b[=5u", 5, {}},
           {"\x1b[=5;1u\x1b[=2;1u", 2, {}},
           {"\x1b[=5u\x1b[=2;2u", 7, {}},
           {"\x1b[=7u\x1b[=2;3u", 5, {}},
           {"\x1b[=7u\x1b[=2;4u", 7, {}},
           {"\x1b[=255u", 31, {}},
           {"\x1b[>1u", 1, {0}},
           {"\x1b[>1u\x1b[>3u", 3, {0, 1}},
           {"\x1b[>1u\x1b[>u", 0, {0, 1}},
           {"\x1b[>1u\x1b[>3u\x1b[<u", 1, {0}},
           {"\x1b[>1u\x1b[>3u\x1b[<2u", 0, {}},
           {"\x1b[>1u\x1b[>3u\x1b[<65535u", 0, {}},
           {"\x1b[=5u\x1b[<u", 0, {}},
       }) {
    SCOPED_TRACE(input);
    Terminal terminal(size_of(4, 10));
    terminal.feed(input);
    EXPECT_EQ(terminal.state().kitty[0].flags, flags);
    EXPECT_EQ(terminal.state().kitty[0].stack, stack);
    EXPECT_EQ(replies_to(terminal, "\x1b[?u"), "\x1b[?" + std::to_string(flags) + "u");
  }
}

TEST(TerminalModes, KittyKeyboardIsOfTheScreenAndBounded) {
  Terminal terminal(size_of(4, 10));
  terminal.feed("\x1b[>1u\x1b[?1049h");
  EXPECT_EQ(replies_to(terminal, "\x1b[?u"), "\x1b[?0u");
  for (int i = 0; i < 100; ++i) terminal.feed("\x1b[>" + std::to_string(i % 31 + 1) + "u");
  EXPECT_EQ(terminal.state().kitty[1].stack.size(), KittyKeyboard::kMaxDepth);
  EXPECT_EQ(terminal.state().kitty[1].stack.back(), 98 % 31 + 1);
  terminal.feed("\x1b[?1049l");
  EXPECT_EQ(replies_to(terminal, "\x1b[?u"), "\x1b[?1u");
}

TEST(TerminalModes, ModifyOtherKeys) {
  Terminal terminal(size_of(4, 10));
  EXPECT_EQ(replies_to(terminal, "\x1b[?4m"), "\x1b[>4;0m");
  EXPECT_EQ(replies_to(terminal, "\x1b[>4;2m\x1b[?4m"), "\x1b[>4;2m");
  EXPECT_EQ(replies_to(terminal, "\x1b[>1;3m\x1b[?4m"), "\x1b[>4;2m");
  EXPECT_EQ(replies_to(terminal, "\x1b[>4m\x1b[?4m"), "\x1b[>4;0m");
  EXPECT_EQ(replies_to(terminal, "\x1b[>4;1m\x1b[>4n\x1b[?4m"), "\x1b[>4;0m");
  EXPECT_EQ(replies_to(terminal, "\x1b[>4;1m\x1b[>m\x1b[?4m"), "\x1b[>4;0m");
  EXPECT_EQ(terminal.state().pen.style, Style());
}

constexpr std::string_view kMuch =
    "\x1b[?1;5;6;12;45;66;69;1002;1004;1006;2004;2026;2027h\x1b[?7;25l\x1b[4;20h\x1b[2;3r\x1b[2;5s\x1b(0\x1b[1;31m"
    "\x1b[1\"q\x1b[4 "
    "q\x1b[>1u\x1b[>4;2m\x1b[3g\x1b]4;1;#fff\a\x1b]2;title\a\x1b]7;file:///\a\x1b]133;D;1\a\x1b[2;2H\x1b"
    "7";

TEST(TerminalModes, SoftReset) {
  Terminal terminal(size_of(4, 10));
  terminal.feed(kMuch);
  terminal.feed("x\x1b[!p");
  const auto& state = terminal.state();
  for (const auto mode : {Mode::insert, Mode::origin, Mode::application_cursor, Mode::application_keypad,
                          Mode::reverse_wrap, Mode::left_right_margins})
    EXPECT_FALSE(state.on(mode));
  for (const auto mode :
       {Mode::autowrap, Mode::cursor_visible, Mode::newline, Mode::bracketed_paste, Mode::reverse_video})
    EXPECT_TRUE(state.on(mode));
  EXPECT_EQ(state.margins, (Margins{0, 3, 0, 9}));
  EXPECT_EQ(state.charsets, Charsets());
  EXPECT_EQ(state.pen.style, Style());
  EXPECT_FALSE(state.pen.is_protected);
  EXPECT_EQ(state.mouse, MouseTracking::button);
  EXPECT_EQ(cursor_text(terminal), "3,4");  // (2,2) of the margins' origin, and one to the right
  EXPECT_EQ(row_text(terminal, terminal.primary(), 2), "  \xe2\x94\x82");
  terminal.feed(
      "\x1b"
      "8");
  EXPECT_EQ(cursor_text(terminal), "1,1");
  EXPECT_FALSE(state.tabs[8]);
}

TEST(TerminalModes, HardReset) {
  Terminal terminal(size_of(4, 10));
  terminal.feed("a\r\nb\r\nc\r\nd\r\ne");
  ASSERT_EQ(scrollback_text(terminal), "a");
  terminal.feed(kMuch);
  terminal.feed(
      "x\x1b[?1049hy\x1b"
      "c");
  const Terminal fresh(size_of(4, 10));
  const auto& state = terminal.state();
  EXPECT_EQ(terminal.hash(), fresh.hash());
  EXPECT_EQ(state.modes, fresh.state().modes);
  EXPECT_EQ(state.margins, fresh.state().margins);
  EXPECT_EQ(state.tabs, fresh.state().tabs);
  EXPECT_EQ(state.mouse, MouseTracking::off);
  EXPECT_EQ(state.mouse_encoding, MouseEncoding::x10);
  EXPECT_EQ(state.kitty, fresh.state().kitty);
  EXPECT_EQ(state.palette, Palette());
  EXPECT_EQ(state.cursor_shape, CursorShape::unset);
  EXPECT_EQ(state.modify_other_keys, 0);
  EXPECT_FALSE(state.saved[0].has_value());
  EXPECT_FALSE(state.saved[1].has_value());
  EXPECT_FALSE(state.alternate);
  EXPECT_EQ(scrollback_text(terminal), "");
  EXPECT_EQ(row_text(terminal, terminal.primary(), 0), "");
  EXPECT_EQ(row_text(terminal, terminal.alternate(), 0), "");
  EXPECT_EQ(state.title, "title");
  EXPECT_EQ(state.cwd, "file:///");
  EXPECT_EQ(state.shell.commands, 1U);
}

TEST(TerminalModes, SynchronizedOutputKeepsParsing) {
  Terminal terminal(size_of(4, 10));
  terminal.feed("\x1b[?2026habc");
  EXPECT_TRUE(terminal.state().on(Mode::synchronized));
  EXPECT_EQ(screen_text(terminal), "abc");
  terminal.resize(4, 11);
  EXPECT_FALSE(terminal.state().on(Mode::synchronized));
}

}  // namespace
}  // namespace ptyd::screen
