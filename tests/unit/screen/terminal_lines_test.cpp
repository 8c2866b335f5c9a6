// Many lines that come at once leave what they leave when they come byte by byte.
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "tests/unit/screen/random_script.hpp"
#include "tests/unit/screen/terminal_dump.hpp"
#include "tests/unit/screen/terminal_support.hpp"

namespace ptyd::screen {
namespace {

using test::difference;
using test::dump;
using test::DumpOptions;
using test::RandomScript;

constexpr DumpOptions kStrict{.strict = true};

std::string numbered(int count, int length = 6) {
  std::string text;
  for (int i = 0; i < count; ++i) {
    std::string line = std::to_string(i);
    line.resize(static_cast<std::size_t>(length), static_cast<char>('a' + i % 26));
    text += line + "\r\n";
  }
  return text;
}

void expect_the_same(std::string_view bytes, TerminalOptions options) {
  Terminal at_once(options);
  at_once.feed(bytes);
  Terminal one_by_one(options);
  for (const char byte : bytes) one_by_one.feed({&byte, 1});
  EXPECT_EQ(difference(dump(one_by_one, kStrict), dump(at_once, kStrict)), "");
  EXPECT_EQ(at_once.offset(), bytes.size());
  // Without a scrollback, each row of a line counts.
  if (options.scrollback.lines > 0) {
    EXPECT_EQ(at_once.scrollback().end_id(), one_by_one.scrollback().end_id());
  }
}

TEST(TerminalLines, AFloodFillsScrollbackAndScreen) {
  Terminal terminal(size_of(4, 10));
  terminal.feed("\r\n\r\n\r\n" + numbered(100));
  EXPECT_EQ(row_text(terminal, terminal.primary(), 0), "97tttt");
  EXPECT_EQ(row_text(terminal, terminal.primary(), 2), "99vvvv");
  EXPECT_EQ(row_text(terminal, terminal.primary(), 3), "");
  EXPECT_EQ(terminal.state().cursor.row, 3);
  EXPECT_EQ(terminal.scrollback().size(), 100U);
  std::string text;
  ASSERT_TRUE(terminal.scrollback().read_text(99, text));
  EXPECT_EQ(text, "96ssss");
}

TEST(TerminalLines, AllRowsOfAFloodHaveChanged) {
  Terminal terminal(size_of(4, 10));
  terminal.feed("a\r\nb\r\nc\r\n");
  const auto before = terminal.generation();
  terminal.feed("d\r\n" + numbered(40));
  for (int row = 0; row < 4; ++row) EXPECT_GT(terminal.primary().info(row).generation, before) << row;
}

struct Case {
  const char* name;
  std::string before;  // what the program wrote before 30 lines, and after them 3 of its own
};

class Before : public testing::TestWithParam<Case> {};

TEST_P(Before, LinesAreTheSameAtOnceAndByteByByte) {
  for (const int length : {0, 6, 10, 11, 20, 35}) {
    const std::string bytes = GetParam().before + numbered(30, length) + "x\r\n" + numbered(3, length) + "end";
    expect_the_same(bytes, size_of(5, 10));
    expect_the_same("1\r\n2\r\n3\r\n4\r\n5\r\n" + bytes, size_of(5, 10));
    expect_the_same("1\r\n2\r\n3\r\n4\r\n5\r\n" + bytes, size_of(2, 10));
    expect_the_same(bytes, size_of(1, 10));
  }
}

INSTANTIATE_TEST_SUITE_P(
    TerminalLines, Before,
    testing::Values(Case{"nothing", ""}, Case{"a full line", "0123456789\r\n"},
                    Case{"a wrapped line", "0123456789ab\r\n"}, Case{"a colour", "\x1b[31m"},
                    Case{"a link", "\x1b]8;;http://a\x1b\\"}, Case{"protection", "\x1b[1\"q"},
                    Case{"margins", "\x1b[2;4r\x1b[5;1H"}, Case{"side margins", "\x1b[?69h\x1b[2;8s\x1b[5;2H"},
                    Case{"no wrap", "\x1b[?7l\x1b[5;1H"}, Case{"insert mode", "\x1b[4h"},
                    Case{"line drawing", "\x1b(0"}, Case{"newline mode", "\x1b[20h"},
                    Case{"the alternate screen", "\x1b[?1049h\x1b[5;1H"}, Case{"a prompt", "\r\n\x1b]133;A\x1b\\"},
                    Case{"output mark", "\x1b[5;1H\x1b]133;C\x1b\\"}, Case{"text in the last row", "\x1b[5;4Hx\r"},
                    Case{"a wrap into an empty row", "\x1b[4;1H0123456789ab\x1b[5;1H\x1b[K"},
                    Case{"clusters", "\x1b[?2027h"}, Case{"a background", "\x1b[44m\x1b[2J\x1b[m\x1b[5;1H"}),
    [](const auto& test) {
      std::string name = test.param.name;
      for (char& c : name)
        if (c == ' ') c = '_';
      return name;
    });

// A line of many looks, as programs print them, or nearly.
std::string lively_line(RandomScript& random) {
  std::string line;
  for (int i = random.below(12); i > 0; --i) {
    switch (random.below(24)) {
      case 0: line += "\t"; break;
      case 1: line += "\u4f60\u597d"; break;
      case 2: line += "\u00e9\u2500"; break;
      case 3: line += "\x1b[38;2;" + std::to_string(random.below(3)) + ";7;120;48;5;" + std::to_string(random.below(3)) + "m"; break;
      case 4: line += "\x1b[0;4" + std::to_string(random.below(9)) + "m"; break;
      case 5: line += "\x1b[4:3;58:5:" + std::to_string(random.below(4)) + "m"; break;
      case 6: line += random.chance(8) ? random.operation() : "\x1b[" + std::to_string(random.below(120)) + "m"; break;
      case 7: line += random.chance(6) ? "e\u0301" : "\U0001F600"; break;
      case 8: line += random.chance(10) ? "\xff" : " "; break;
      case 9: line += std::string(static_cast<std::size_t>(random.below(40)), 'w'); break;
      default:
        line += "\x1b[1;3" + std::to_string(random.below(8)) + "m" + numbered(1, random.below(6)).substr(0, 3) + "\x1b[m";
        while (line.find_first_of("\r\n") != std::string::npos) line.erase(line.find_first_of("\r\n"), 1);
    }
  }
  return line + (random.chance(3) ? "\x1b[m\r\n" : "\r\n");
}

TEST(TerminalLines, LivelyLinesAreTheSameAtOnceAndByteByByte) {
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    RandomScript random(seed);
    TerminalOptions options = size_of(2 + random.below(7), 2 + random.below(50));
    options.scrollback.lines = static_cast<std::size_t>(random.below(90));
    std::string bytes = random.chance(2) ? "\x1b[" + std::to_string(options.rows) + ";1H" : "";
    for (int i = random.below(200); i > 0; --i) bytes += lively_line(random);
    expect_the_same(bytes, options);
    if (HasFailure()) FAIL() << "seed " << seed;
  }
}

TEST(TerminalLines, ColoursThatAreUsedOftenStayWhatTheyAre) {
  std::string bytes;
  for (int i = 0; i < 400; ++i) {
    const std::string color = std::to_string(30 + i % 8);
    bytes += "\x1b[" + color + "mred\x1b[1m bold\x1b[22m not\x1b[m plain " + std::to_string(i) + "\r\n";
  }
  Terminal terminal(size_of(4, 40));
  terminal.feed(bytes);
  Line line;
  ASSERT_TRUE(terminal.scrollback().read(397 - 4, line));
  const auto style_at = [&](std::size_t column) { return terminal.styles()[line.cells[column].style]; };
  Style red;
  red.foreground = Color::indexed(393 % 8);
  EXPECT_EQ(style_at(0), red);
  Style bold = red;
  bold.attributes = Style::kBold;
  EXPECT_EQ(style_at(3), bold);
  EXPECT_EQ(style_at(8), red);
  EXPECT_EQ(style_at(12), Style());
  expect_the_same(bytes, size_of(4, 40));
}

// More styles than a table holds: each of those that are left looks as it should.
TEST(TerminalLines, LinesWithMoreStylesThanThereIsRoomForKeepTheirs) {
  std::string bytes;
  for (int i = 0; i < 140'000; ++i) {
    bytes += "\x1b[38;2;" + std::to_string(i & 255) + ";" + std::to_string(i >> 8 & 255) + ";" + std::to_string(i >> 16) + "mx";
    if (i % 7 == 6) bytes += "\x1b[m\r\n";
  }
  Terminal terminal(size_of(6, 20));
  for (std::size_t at = 0; at < bytes.size(); at += 64 * 1024) terminal.feed(std::string_view(bytes).substr(at, 64 * 1024));
  Line line;
  ASSERT_GT(terminal.scrollback().size(), 1000U);
  for (auto id = terminal.scrollback().first_id(); id < terminal.scrollback().end_id(); ++id) {
    ASSERT_TRUE(terminal.scrollback().read(id, line));
    ASSERT_EQ(line.cells.size(), 7U);
    for (std::size_t column = 0; column < 7; ++column) {
      const auto number = id * 7 + column;
      ASSERT_EQ(terminal.styles()[line.cells[column].style].foreground,
                Color::rgb(number & 255, number >> 8 & 255, static_cast<std::uint8_t>(number >> 16)))
          << id << ' ' << column;
    }
  }
}

TEST(TerminalLines, RandomOutputIsTheSameAtOnceAndByteByByte) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    RandomScript random(seed);
    TerminalOptions options = size_of(1 + random.below(8), 2 + random.below(30));
    options.scrollback.lines = static_cast<std::size_t>(random.below(60));
    std::string bytes;
    for (int part = 0; part < 6; ++part) {
      if (random.below(3) == 0) bytes += random.operation();
      if (random.below(2) == 0) bytes += "\x1b[m\x1b[" + std::to_string(options.rows) + ";1H\x1b[K";
      bytes += numbered(random.below(40), random.below(45));
    }
    expect_the_same(bytes, options);
    if (HasFailure()) FAIL() << "seed " << seed;
  }
}

}  // namespace
}  // namespace ptyd::screen
