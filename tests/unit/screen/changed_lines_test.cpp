#include "daemon/screen/changed_lines.hpp"

#include "tests/unit/screen/random_script.hpp"
#include "tests/unit/screen/terminal_support.hpp"

namespace ptyd::screen {
namespace {

std::string look(ChangedLines& lines, const Terminal& terminal) {
  std::string all;
  lines.look(terminal, [&all](const std::string& line) { all += (all.empty() ? "" : "|") + line; });
  return all;
}

TEST(ChangedLines, TellsWhatHasComeSinceTheLastLook) {
  struct Step {
    std::string_view input;
    std::string_view lines;
  };
  struct Case {
    std::string_view name;
    std::vector<Step> steps;
  };
  const std::vector<Case> cases{
      {"nothing", {{"", ""}}},
      {"a line that grows", {{"ab", "ab"}, {"c", "abc"}, {"", ""}}},
      {"two lines", {{"ab\r\ncd", "ab|cd"}, {"\r\n", ""}, {"e", "e"}}},
      {"above", {{"ab\r\ncd", "ab|cd"}, {"\x1b[1;1Hx", "xb"}}},
      {"wrapped rows are one line", {{"0123456789abc", "0123456789abc"}, {"d", "0123456789abcd"}}},
      {"what has left the screen", {{"1\r\n2\r\n3\r\n4\r\n5\r\n6", "1|2|3|4|5|6"}, {"\r\n7", "3|4|5|6|7"}}},
      {"one that came and left at once", {{"a", "a"}, {"\x1b[1;1Hb\r\n2\r\n3\r\n4\r\n5", "b|2|3|4|5"}}},
      {"the other screen", {{"ab", "ab"}, {"\x1b[?1049hfull", "  full|||"}, {"\x1b[?1049l", "ab|||"}}},
      {"erased", {{"ab", "ab"}, {"\x1b[2J", ""}}},
  };
  for (const auto& [name, steps] : cases) {
    SCOPED_TRACE(name);
    Terminal terminal(size_of(4, 10));
    ChangedLines lines;
    lines.skip(terminal);
    for (const auto& [input, expected] : steps) {
      terminal.feed(input);
      EXPECT_EQ(look(lines, terminal), expected);
    }
  }
}

TEST(ChangedLines, TheScreenCountsOnlyWhenAskedFor) {
  Terminal terminal(size_of(3, 10));
  terminal.feed("1\r\n2\r\n3\r\n4");
  ChangedLines lines;
  lines.skip(terminal);
  EXPECT_EQ(look(lines, terminal), "");
  lines.begin(terminal);
  EXPECT_EQ(look(lines, terminal), "2|3|4");
  EXPECT_EQ(look(lines, terminal), "");
}

TEST(ChangedLines, GoOnInATerminalThatWasMadeAnew) {
  Terminal terminal(size_of(3, 10));
  ChangedLines lines;
  terminal.feed("1");
  terminal.feed("2");
  EXPECT_EQ(look(lines, terminal), "12");
  Terminal other(size_of(3, 10));
  other.feed("x");
  EXPECT_EQ(look(lines, other), "x");
}

TEST(TextCopy, GoesOnAsTheTerminalDoes) {
  test::ScriptOptions options;
  options.resizes = false;
  options.rows = 6;
  for (unsigned seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(seed);
    const auto script = test::RandomScript(seed, options).script();
    Terminal terminal(size_of(6, 20));
    const auto half = script.size() / 2;
    for (std::size_t i = 0; i < half; ++i) terminal.feed(script[i].bytes);
    auto copy = terminal.text_copy(false, {});
    EXPECT_EQ(screen_text(copy), screen_text(terminal));
    for (std::size_t i = half; i < script.size(); ++i) {
      terminal.feed(script[i].bytes);
      copy.feed(script[i].bytes);
    }
    EXPECT_EQ(screen_text(copy), screen_text(terminal));
    EXPECT_EQ(cursor_text(copy), cursor_text(terminal));
    EXPECT_EQ(copy.offset(), terminal.offset());
  }
}

TEST(TextCopy, ABlankOneHasOnlyWhatComes) {
  Terminal terminal(size_of(4, 10));
  terminal.feed("$ \x1b[31");
  auto copy = terminal.text_copy(true, {});
  EXPECT_EQ(screen_text(copy), "");
  copy.feed("mls\r\nfile");
  EXPECT_EQ(screen_text(copy), "  ls|file");
}

}  // namespace
}  // namespace ptyd::screen
