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
