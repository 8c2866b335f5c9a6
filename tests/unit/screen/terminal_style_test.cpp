// How text looks: SGR, links. Expected by ECMA-48 8.3.117, ITU T.416 and xterm's control sequences.
#include "daemon/screen/sgr.hpp"
#include "tests/unit/screen/terminal_support.hpp"

namespace ptyd::screen {
namespace {

struct SgrCase {
  std::string_view parameters;  // of sequences with a blank between them
  Style style;
};

Style attributes(std::uint16_t attributes) {
  Style style;
  style.attributes = attributes;
  return style;
}

Style underlined(Underline underline) {
  Style style;
  style.underline = underline;
  return style;
}

Style colored(Color foreground, Color background = {}, Color underline = {}) {
  Style style;
  style.foreground = foreground;
  style.background = background;
  style.underline_color = underline;
  return style;
}

Style style_of(std::string_view parameters) {
  Terminal terminal(size_of(2, 4));
  std::string input = "\x1b[";
  for (const char c : parameters) {
    if (c == ' ')
      input += "m\x1b[";
    else
      input += c;
  }
  terminal.feed(input + "mx");
  const auto style = terminal.state().pen.style;
  EXPECT_EQ(terminal.styles()[terminal.primary().cells(0)[0].style], style) << parameters;
  return style;
}

void check_sgr(const std::vector<SgrCase>& cases) {
  for (const auto& [parameters, style] : cases) EXPECT_EQ(style_of(parameters), style) << parameters;
}

TEST(TerminalStyle, Attributes) {
  check_sgr({
      {"1", attributes(Style::kBold)},
      {"2", attributes(Style::kDim)},
      {"1;2", attributes(Style::kBold | Style::kDim)},
      {"3", attributes(Style::kItalic)},
      {"5", attributes(Style::kBlink)},
      {"6", attributes(Style::kBlink)},
      {"7", attributes(Style::kInverse)},
      {"8", attributes(Style::kConceal)},
      {"9", attributes(Style::kStrike)},
      {"53", attributes(Style::kOverline)},
      {"1;2;22", {}},
      {"3;23", {}},
      {"5;25", {}},
      {"7;27", {}},
      {"8;28", {}},
      {"9;29", {}},
      {"53;55", {}},
      {"1;3 ", {}},
      {"1;3 0", {}},
      {"1;;3", attributes(Style::kItalic)},
      {"1;999;3", attributes(Style::kBold | Style::kItalic)},
      {"1;10;26;50;3", attributes(Style::kBold | Style::kItalic)},
      {"3;1:2;9", attributes(Style::kItalic | Style::kStrike)},
  });
}

TEST(TerminalStyle, Underlines) {
  check_sgr({
      {"4", underlined(Underline::single)},
      {"21", underlined(Underline::doubled)},
      {"4:0", {}},
      {"4;4:0", {}},
      {"4:1", underlined(Underline::single)},
      {"4:2", underlined(Underline::doubled)},
      {"4:3", underlined(Underline::curly)},
      {"4:4", underlined(Underline::dotted)},
      {"4:5", underlined(Underline::dashed)},
      {"4:9", underlined(Underline::single)},
      {"4:3;24", {}},
      {"4;3",
       [] {
         auto style = attributes(Style::kItalic);
         style.underline = Underline::single;
         return style;
       }()},
  });
}

TEST(TerminalStyle, Colors) {
  check_sgr({
      {"30", colored(Color::indexed(0))},
      {"37", colored(Color::indexed(7))},
      {"90", colored(Color::indexed(8))},
      {"97", colored(Color::indexed(15))},
      {"40", colored({}, Color::indexed(0))},
      {"47", colored({}, Color::indexed(7))},
      {"100", colored({}, Color::indexed(8))},
      {"107", colored({}, Color::indexed(15))},
      {"31;39", {}},
      {"41;49", {}},
      {"58;5;1;59", {}},
      {"38;5;200", colored(Color::indexed(200))},
      {"48;5;200", colored({}, Color::indexed(200))},
      {"58;5;200", colored({}, {}, Color::indexed(200))},
      {"38:5:200", colored(Color::indexed(200))},
      {"58:5:200", colored({}, {}, Color::indexed(200))},
      {"38;2;1;2;3", colored(Color::rgb(1, 2, 3))},
      {"48;2;1;2;3", colored({}, Color::rgb(1, 2, 3))},
      {"58;2;1;2;3", colored({}, {}, Color::rgb(1, 2, 3))},
      {"38:2:1:2:3", colored(Color::rgb(1, 2, 3))},
      {"38:2::1:2:3", colored(Color::rgb(1, 2, 3))},
      {"38:2:9:1:2:3", colored(Color::rgb(1, 2, 3))},
      {"38:2::1:2:3::1", colored(Color::rgb(1, 2, 3))},
      {"58:2::1:2:3", colored({}, {}, Color::rgb(1, 2, 3))},
      {"38:2::1:2:", colored(Color::rgb(1, 2, 0))},
      {"38;5;", colored(Color::indexed(0))},
      {"31;38;5;256", colored(Color::indexed(1))},
      {"31;38;2;1;2;256", colored(Color::indexed(1))},
      {"31;38:5:256", colored(Color::indexed(1))},
      {"31;38:2:1:2", colored(Color::indexed(1))},
      {"31;38:5", colored(Color::indexed(1))},
      {"31;38", colored(Color::indexed(1))},
      {"31;38;5", colored(Color::indexed(1))},
      {"31;38;2;1;2", colored(Color::indexed(1))},
      {"38;5;1;48;5;2", colored(Color::indexed(1), Color::indexed(2))},
      {"38;2;1;2;3;48:2::4:5:6", colored(Color::rgb(1, 2, 3), Color::rgb(4, 5, 6))},
      {"38:5:1;42", colored(Color::indexed(1), Color::indexed(2))},
  });
  EXPECT_EQ(style_of("38;5;1;1").attributes, Style::kBold);
  EXPECT_EQ(style_of("58;5;5"), colored({}, {}, Color::indexed(5)));
}

TEST(TerminalStyle, PrintedAsParameters) {
  for (const std::string_view parameters :
       {"0", "0;1;2;3;5;7;8;9;53", "0;4", "0;4:2", "0;4:3;58:5:1", "0;31;42", "0;97;107", "0;38:5:16;48:5:255",
        "0;38:2::1:2:3;48:2::4:5:6;58:2::7:8:9", "0;58:5:15"}) {
    std::string text;
    append_sgr(text, style_of(parameters));
    EXPECT_EQ(text, parameters);
  }
}

TEST(TerminalStyle, ATableThatIsFullTakesTheOldestScrollbackAway) {
  Terminal terminal(size_of(2, 4));
  std::string input;
  for (int i = 0; i < 70'000; ++i) {
    input += "\x1b[38;2;" + std::to_string(i >> 16) + ';' + std::to_string(i >> 8 & 255) + ';' +
             std::to_string(i & 255) + "mx";
  }
  terminal.feed(input);
  EXPECT_FALSE(terminal.styles().full());
  EXPECT_LT(terminal.styles().size(), 65'536U);
  EXPECT_EQ(terminal.state().pen.style.foreground, Color::rgb(69'999 >> 16, 69'999 >> 8 & 255, 69'999 & 255));
  const auto cursor = terminal.state().cursor;
  ASSERT_TRUE(cursor.pending_wrap);
  const auto& last = terminal.primary().cells(cursor.row)[static_cast<std::size_t>(cursor.column)];
  EXPECT_EQ(terminal.styles()[last.style], terminal.state().pen.style);
  EXPECT_GT(terminal.scrollback().size(), 0U);
}

TEST(TerminalStyle, StylesThatNobodyUsesAreForgotten) {
  Terminal terminal(size_of(2, 4));
  for (int i = 0; i < 20'000; ++i)
    terminal.feed("\x1b[H\x1b[38;2;" + std::to_string(i >> 16) + ';' + std::to_string(i >> 8 & 255) + ';' +
                  std::to_string(i & 255) + "mx");
  EXPECT_LT(terminal.styles().size(), 10'000U);
}

std::string link_at(const Terminal& terminal, std::size_t column) {
  const auto& link = terminal.links()[terminal.primary().cells(0)[column].link];
  return link.id.empty() ? link.uri : link.id + '=' + link.uri;
}

TEST(TerminalStyle, Links) {
  Terminal terminal(size_of(2, 10));
  terminal.feed("\x1b]8;;http://a/\x1b\\x\x1b]8;;\x1b\\y\x1b]8;id=1;http://b/?c;d\az\x1b[0mw\x1b]8;;\a");
  EXPECT_EQ(link_at(terminal, 0), "http://a/");
  EXPECT_EQ(link_at(terminal, 1), "");
  EXPECT_EQ(link_at(terminal, 2), "1=http://b/?c;d");
  EXPECT_EQ(link_at(terminal, 3), "1=http://b/?c;d");  // SGR is about something else
  EXPECT_EQ(terminal.state().pen.link, 0);
}

TEST(TerminalStyle, LinksThatAreTooLongOrHoldControlsAreNone) {
  Terminal terminal(size_of(2, 10));
  terminal.feed("\x1b]8;;http://" + std::string(LinkTable::kMaxUri, 'a') + "\ax");
  EXPECT_EQ(link_at(terminal, 0), "");
  terminal.feed("\x1b]8;;http://a\xc2\x9b/\ay");
  EXPECT_EQ(link_at(terminal, 1), "");
  terminal.feed("\x1b]8;foo=1:id=" + std::string(300, 'i') + ";http://a/\az");
  EXPECT_EQ(link_at(terminal, 2), "http://a/");
  terminal.feed("\x1b]8;foo=1:id=i:x=y;http://a/\az");
  EXPECT_EQ(link_at(terminal, 3), "i=http://a/");
}

TEST(TerminalStyle, LinksThatNobodyUsesAreForgotten) {
  Terminal terminal(size_of(2, 4));
  for (int i = 0; i < 2'500; ++i)
    terminal.feed("\x1b[H\x1b]8;;http://" + std::string(1000, 'a') + std::to_string(i) + "\ax\x1b]8;;\a");
  EXPECT_EQ(link_at(terminal, 0), "http://" + std::string(1000, 'a') + "2499");
  EXPECT_LE(terminal.links().bytes(), LinkTable::kMaxBytes);
}

TEST(TerminalStyle, ClustersThatNobodyUsesAreForgotten) {
  Terminal terminal(size_of(2, 4));
  for (int i = 0; i < 15'000; ++i) {
    std::string input = "\x1b[He";
    for (int bits = i; bits > 0; bits >>= 2) input += std::string("\xcc") + static_cast<char>(0x80 + (bits & 3));
    terminal.feed(input);
  }
  EXPECT_LT(terminal.clusters().size(), 10'000U);
  EXPECT_EQ(row_text(terminal, terminal.primary(), 0).substr(0, 1), "e");
}

}  // namespace
}  // namespace ptyd::screen
