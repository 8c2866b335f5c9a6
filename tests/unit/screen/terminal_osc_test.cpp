// Titles, colours, the clipboard, directories, shells. Expected by xterm's control sequences and the proposals for
// OSC 7 and OSC 133.
#include "daemon/screen/base64.hpp"
#include "daemon/screen/color_spec.hpp"
#include "tests/unit/screen/terminal_support.hpp"

namespace ptyd::screen {
namespace {

TEST(TerminalOsc, Titles) {
  Recorder recorder;
  Terminal terminal(size_of(4, 10), &recorder);
  terminal.feed("\x1b]0;both\a");
  EXPECT_EQ(terminal.state().title, "both");
  EXPECT_EQ(terminal.state().icon, "both");
  terminal.feed("\x1b]1;icon\x1b\\\x1b]2;ti;tle\xc3\xa9\x1b\\");
  EXPECT_EQ(terminal.state().title, "ti;tle\xc3\xa9");
  EXPECT_EQ(terminal.state().icon, "icon");
  EXPECT_EQ(recorder.titles, 3);
  terminal.feed("\x1b]2;\a");
  EXPECT_EQ(terminal.state().title, "");
}

TEST(TerminalOsc, TitlesAreCleanedAndBounded) {
  Terminal terminal(size_of(4, 10));
  terminal.feed(
      "\x1b]2;a\xc2\x9b"
      "b\xff"
      "c\a");
  EXPECT_EQ(terminal.state().title,
            "ab\xef\xbf\xbd"
            "c");
  terminal.feed("\x1b]2;" + std::string(State::kMaxTitle - 1, 'x') + "\xc3\xa9\xc3\xa9\a");
  EXPECT_EQ(terminal.state().title, std::string(State::kMaxTitle - 1, 'x'));
}

TEST(TerminalOsc, TitleStack) {
  Terminal terminal(size_of(4, 10));
  terminal.feed("\x1b]2;a\a\x1b]1;i\a\x1b[22;0t\x1b]2;b\a\x1b]1;j\a\x1b[22t\x1b]0;c\a\x1b[23;2t");
  EXPECT_EQ(terminal.state().title, "b");
  EXPECT_EQ(terminal.state().icon, "c");
  terminal.feed("\x1b[23;1t");
  EXPECT_EQ(terminal.state().title, "b");
  EXPECT_EQ(terminal.state().icon, "i");
  terminal.feed("\x1b[23t");  // there is none any more
  EXPECT_EQ(terminal.state().title, "b");
  for (int i = 0; i < 100; ++i) terminal.feed("\x1b]2;" + std::to_string(i) + "\a\x1b[22;2t");
  EXPECT_EQ(terminal.state().titles.size(), State::kMaxTitles);
  terminal.feed("\x1b]2;x\a\x1b[23;2t");
  EXPECT_EQ(terminal.state().title, "99");
}

TEST(TerminalOsc, Palette) {
  Terminal terminal(size_of(4, 10));
  terminal.feed("\x1b]4;1;rgb:f/80/1234;2;#abc;x;#000;300;#000;3;red\a");
  EXPECT_EQ(terminal.state().palette.indexed, (std::map<std::uint8_t, std::uint32_t>{{1, 0xff8012}, {2, 0xa0b0c0}}));
  terminal.feed("\x1b]104;1\a");
  EXPECT_EQ(terminal.state().palette.indexed.size(), 1U);
  terminal.feed("\x1b]104\a");
  EXPECT_TRUE(terminal.state().palette.indexed.empty());
}

TEST(TerminalOsc, DynamicColors) {
  Terminal terminal(size_of(4, 10));
  terminal.feed("\x1b]10;#111111;#222222;#333333;#444444\a");
  EXPECT_EQ(terminal.state().palette.foreground, 0x111111U);
  EXPECT_EQ(terminal.state().palette.background, 0x222222U);
  EXPECT_EQ(terminal.state().palette.cursor, 0x333333U);
  terminal.feed("\x1b]11;rgb:1/2/3\a\x1b]11;nonsense\a\x1b]110\a\x1b]112;\a");
  EXPECT_EQ(terminal.state().palette.foreground, std::nullopt);
  EXPECT_EQ(terminal.state().palette.background, 0x112233U);
  EXPECT_EQ(terminal.state().palette.cursor, std::nullopt);
  terminal.feed("\x1b]111\a");
  EXPECT_EQ(terminal.state().palette, Palette());
}

TEST(TerminalOsc, ColorSpecifications) {
  const std::vector<std::pair<std::string_view, std::optional<std::uint32_t>>> cases{
      {"rgb:0/0/0", 0x000000},
      {"rgb:f/f/f", 0xffffff},
      {"rgb:8/8/8", 0x888888},
      {"rgb:12/34/56", 0x123456},
      {"rgb:fff/000/800", 0xff0080},
      {"rgb:ffff/7fff/0000", 0xff7f00},
      {"rgb:FF/aB/00", 0xffab00},
      {"#fff", 0xf0f0f0},
      {"#123456", 0x123456},
      {"#123456789", 0x124578},
      {"#123456789abc", 0x12569a},
      {"rgb:1/2", std::nullopt},
      {"rgb:1/2/3/4", std::nullopt},
      {"rgb:12345/1/1", std::nullopt},
      {"rgb:g/1/1", std::nullopt},
      {"rgb://", std::nullopt},
      {"rgb:", std::nullopt},
      {"#", std::nullopt},
      {"#12", std::nullopt},
      {"#12345", std::nullopt},
      {"#1234567890abcde", std::nullopt},
      {"", std::nullopt},
      {"red", std::nullopt},
  };
  for (const auto& [text, color] : cases) EXPECT_EQ(parse_color(text), color) << text;
  EXPECT_EQ(color_text(0x12ab00), "rgb:1212/abab/0000");
}

TEST(TerminalOsc, Clipboard) {
  Recorder recorder;
  Terminal terminal(size_of(4, 10), &recorder);
  terminal.feed("\x1b]52;c;aGVsbG8=\a\x1b]52;;aGk\x1b\\\x1b]52;p;\a\x1b]52;c;!!\a\x1b]52;c;?\a");
  const std::vector<std::pair<std::string, std::string>> expected{{"c", "hello"}, {"", "hi"}, {"p", ""}, {"c", ""}};
  EXPECT_EQ(recorder.clipboards, expected);
}

TEST(TerminalOsc, Base64) {
  EXPECT_EQ(decode_base64(""), "");
  EXPECT_EQ(decode_base64("YQ=="), "a");
  EXPECT_EQ(decode_base64("YWI="), "ab");
  EXPECT_EQ(decode_base64("YWJj"), "abc");
  EXPECT_EQ(decode_base64("YWI"), "ab");
  EXPECT_EQ(decode_base64("+/+/"), "\xfb\xff\xbf");
  EXPECT_EQ(decode_base64("Y"), std::nullopt);
  EXPECT_EQ(decode_base64("YW=="), "a");
  EXPECT_EQ(decode_base64("Y==="), std::nullopt);
  EXPECT_EQ(decode_base64("YQ==YQ=="), std::nullopt);
  EXPECT_EQ(decode_base64("YW I"), std::nullopt);
}

TEST(TerminalOsc, Directory) {
  Recorder recorder;
  Terminal terminal(size_of(4, 10), &recorder);
  terminal.feed("\x1b]7;file://host/a%20b\a");
  EXPECT_EQ(terminal.state().cwd, "file://host/a%20b");
  EXPECT_EQ(recorder.cwds, 1);
  terminal.feed("\x1b]7;file://" + std::string(State::kMaxCwd, 'x') + '\a');
  EXPECT_EQ(terminal.state().cwd, "file://host/a%20b");
}

// What is told of the line that a C begins, and where its mark is.
struct LineCase {
  std::string_view name;
  std::string_view input;
  std::string_view line;
};

TEST(TerminalOsc, CommandLines) {
  const std::vector<LineCase> cases{
      {"nothing known", "\x1b]133;C\a", ""},
      {"shown behind the prompt", "\x1b]133;A\a$ \x1b]133;B\als -l  \r\n\x1b]133;C\a", "ls -l"},
      {"the cursor still behind it", "\x1b]133;A\a$ \x1b]133;B\als -l\x1b]133;C\a", "ls -l"},
      {"a prompt of two rows", "\x1b]133;A\a~\r\n$ \x1b]133;B\als\r\n\x1b]133;C\a", "ls"},
      {"a line that was wrapped", "\x1b]133;A\a$ \x1b]133;B\aecho 0123456789abc\r\n\x1b]133;C\a", "echo 0123456789abc"},
      {"a line that the shell continued", "\x1b]133;A\a$ \x1b]133;B\aecho '\r\n> x'\r\n\x1b]133;C\a", "echo '\n> x'"},
      {"one that has scrolled", "\r\n\r\n\r\n\x1b]133;A\a$ \x1b]133;B\als\r\n\x1b]133;C\a", "ls"},
      {"wide characters", "\x1b]133;A\a$ \x1b]133;B\a\xE6\xBC\xA2 x\r\n\x1b]133;C\a", "\xE6\xBC\xA2 x"},
      {"told", "\x1b]133;A\a$ \x1b]133;B\als\r\n\x1b]133;C;aid=1;cmdline_url=a%3Bb%0a%25%C3%A9;x=y\a", "a;b\n%\xC3\xA9"},
      {"told, with what is no UTF-8", "\x1b]133;C;cmdline_url=a%ff%zz%4\a", "a\xEF\xBF\xBD%zz%4"},
      {"nothing typed", "\x1b]133;A\a$ \x1b]133;B\a\r\n\x1b]133;C\a", ""},
      {"twice", "\x1b]133;A\a$ \x1b]133;B\als\r\n\x1b]133;C\ax\r\n\x1b]133;C\a", ""},
  };
  for (const auto& [name, input, line] : cases) {
    SCOPED_TRACE(name);
    Recorder recorder;
    Terminal terminal(size_of(4, 12), &recorder);
    terminal.feed(input);
    EXPECT_EQ(terminal.state().shell.command, line);
    Terminal bytewise(size_of(4, 12), &recorder);
    for (const char c : input) bytewise.feed({&c, 1});
    EXPECT_EQ(bytewise.state().shell.command, line);
    EXPECT_EQ(bytewise.state().shell.mark_end, input.size());
    EXPECT_EQ(bytewise.state().shell.mark_begin, input.rfind('\x1b'));
  }
  Recorder recorder;
  Terminal terminal(size_of(4, 12), &recorder);
  terminal.feed("\x1b]133;C;cmdline_url=" + std::string(9000, 'x') + "\x1b\\");
  EXPECT_EQ(terminal.state().shell.command, std::string(ShellState::kMaxCommand, 'x'));
  EXPECT_EQ(terminal.state().shell.mark_begin, 0u);
}

TEST(TerminalOsc, ShellMarks) {
  Recorder recorder;
  Terminal terminal(size_of(6, 10), &recorder);
  const auto& shell = terminal.state().shell;
  const auto mark = [&](int row) { return terminal.primary().info(row).mark; };
  terminal.feed("\x1b]133;A\a$ ");
  EXPECT_EQ(shell.phase, ShellState::Phase::prompt);
  terminal.feed("\x1b]133;B\als");
  EXPECT_EQ(shell.phase, ShellState::Phase::input);
  EXPECT_EQ(mark(0), Mark::prompt);
  terminal.feed("\r\n\x1b]133;C\aout\r\n");
  EXPECT_EQ(shell.phase, ShellState::Phase::running);
  EXPECT_EQ(mark(1), Mark::output);
  terminal.feed("\x1b]133;D;3\a");
  EXPECT_EQ(shell.phase, ShellState::Phase::done);
  EXPECT_EQ(shell.exit_code, 3);
  EXPECT_EQ(shell.commands, 1U);
  EXPECT_EQ(mark(2), Mark::none);
  terminal.feed("\x1b]133;B\a");
  EXPECT_EQ(mark(2), Mark::input);
  terminal.feed("\x1b]133;D\a");
  EXPECT_EQ(shell.exit_code, std::nullopt);
  terminal.feed("\x1b]133;D;-1;aid=7\a");
  EXPECT_EQ(shell.exit_code, -1);
  EXPECT_EQ(shell.commands, 3U);
  EXPECT_EQ(recorder.shells, 7);
  terminal.feed("\x1b]133;A;cl=m\a\x1b]133;Z\a\x1b]133;\a\x1b]133\a\x1b]133;AB\a");
  EXPECT_EQ(recorder.shells, 8);
}

TEST(TerminalOsc, MarksScrollWithTheirRows) {
  Terminal terminal(size_of(2, 10));
  terminal.feed("\x1b]133;A\aa\r\nb\r\nc");
  Line line;
  ASSERT_TRUE(terminal.scrollback().read(terminal.scrollback().first_id(), line));
  EXPECT_EQ(line.mark, Mark::prompt);
  EXPECT_EQ(terminal.primary().info(0).mark, Mark::none);
}

TEST(TerminalOsc, NonsenseIsPassedOver) {
  Terminal terminal(size_of(2, 10));
  const auto before = terminal.generation();
  terminal.feed("\x1b]\a\x1b];\a\x1b]x;1\a\x1b]-1;1\a\x1b]99999999999;1\a\x1b]2x;1\a\x1b]9;1\a\x1b]777;a;b\a");
  EXPECT_EQ(terminal.generation(), before);
  EXPECT_EQ(terminal.state().title, "");
}

TEST(TerminalOsc, Bell) {
  Recorder recorder;
  Terminal terminal(size_of(2, 10), &recorder);
  terminal.feed("\a\a\x1b]2;x\a");
  EXPECT_EQ(recorder.bells, 2);
}

}  // namespace
}  // namespace ptyd::screen
