#include "daemon/screen/search.hpp"

#include <gtest/gtest.h>

#include <string_view>

namespace ptyd::screen {
namespace {

Terminal terminal_with(std::string_view bytes, int rows = 3, int columns = 10) {
  TerminalOptions options;
  options.rows = rows;
  options.columns = columns;
  Terminal terminal(options);
  terminal.feed(bytes);
  return terminal;
}

std::string numbered_lines(int count) {
  std::string bytes;
  for (int i = 0; i < count; ++i) bytes += "line" + std::to_string(i) + (i + 1 < count ? "\r\n" : "");
  return bytes;
}

SearchResult find(const Terminal& terminal, SearchOptions options) {
  auto found = search(terminal, options);
  EXPECT_TRUE(found) << found.error().message;
  return found ? *found : SearchResult();
}

SearchResult find(const Terminal& terminal, std::string pattern) {
  SearchOptions options;
  options.pattern = std::move(pattern);
  return find(terminal, options);
}

// "LINE:BEGIN-END TEXT" of each match.
std::vector<std::string> shown(const SearchResult& result) {
  std::vector<std::string> out;
  for (const auto& match : result.matches)
    out.push_back(std::to_string(match.line) + ":" + std::to_string(match.begin) + "-" + std::to_string(match.end) +
                  " " + match.text);
  return out;
}

using Shown = std::vector<std::string>;

TEST(Search, FindsTheNewestFirstInScrollbackAndScreen) {
  const auto terminal = terminal_with(numbered_lines(6));
  EXPECT_EQ(shown(find(terminal, "line[024]")), (Shown{"4:0-5 line4", "2:0-5 line2", "0:0-5 line0"}));
  EXPECT_FALSE(find(terminal, "line").truncated);
  EXPECT_TRUE(find(terminal, "LINE").matches.empty());
}

TEST(Search, NumbersStayWhenLinesScrollAway) {
  auto terminal = terminal_with(numbered_lines(6));
  const auto before = shown(find(terminal, "line4"));
  terminal.feed("\r\na\r\nb\r\nc\r\nd");
  EXPECT_EQ(shown(find(terminal, "line4")), before);
}

TEST(Search, JoinsRowsThatWereWrapped) {
  const auto terminal = terminal_with("one\r\n01234567needle89\r\nlast", 5);
  EXPECT_EQ(shown(find(terminal, "needle")), Shown{"1:8-14 01234567needle89"});
}

TEST(Search, JoinsALineThatBeginsInScrollback) {
  const auto terminal = terminal_with("first\r\n0123456789abcdefghijKLMN", 2);
  ASSERT_TRUE(terminal.scrollback().open());
  EXPECT_EQ(shown(find(terminal, "9a")), Shown{"1:9-11 0123456789abcdefghijKLMN"});
  EXPECT_EQ(shown(find(terminal, "jK")), Shown{"1:19-21 0123456789abcdefghijKLMN"});
  EXPECT_EQ(shown(find(terminal, "first")), Shown{"0:0-5 first"});
}

TEST(Search, CountsColumnsByCells) {
  const auto terminal = terminal_with("\xe6\xbc\xa2\xe5\xad\x97x e\xcc\x81z");
  EXPECT_EQ(find(terminal, "x").matches.at(0).begin, 4u);
  const auto wide = find(terminal, "\xe5\xad\x97").matches.at(0);
  EXPECT_EQ(wide.begin, 2u);
  EXPECT_EQ(wide.end, 4u);
  const auto part = find(terminal, "e").matches.at(0);
  EXPECT_EQ(part.begin, 6u);
  EXPECT_EQ(part.end, 7u);
  EXPECT_EQ(find(terminal, "z$").matches.at(0).end, 8u);
}

TEST(Search, SkipsTheCellThatAWideCharacterLeftFree) {
  const auto terminal = terminal_with("012345678\xe6\xbc\xa2.");
  EXPECT_EQ(shown(find(terminal, "8\xe6\xbc\xa2\\.")), Shown{"0:8-12 012345678\xe6\xbc\xa2."});
}

TEST(Search, FindsAllMatchesOfALineFromTheLeft) {
  EXPECT_EQ(shown(find(terminal_with("abcab"), "ab")), (Shown{"0:0-2 abcab", "0:3-5 abcab"}));
  EXPECT_EQ(shown(find(terminal_with("aaa", 1), "^a")), (Shown{"0:0-1 aaa"}));
}

TEST(Search, CountsAnEmptyMatchOnceAndOnlyAlone) {
  EXPECT_EQ(shown(find(terminal_with("abc", 1), "x*")), (Shown{"0:0-0 abc"}));
  EXPECT_EQ(shown(find(terminal_with("abx", 1), "x*")), (Shown{"0:2-3 abx"}));
  EXPECT_EQ(shown(find(terminal_with("a\r\n\r\nb"), "^$")), (Shown{"1:0-0 "}));
}

TEST(Search, TakesPlainTextAndIgnoresCase) {
  const auto terminal = terminal_with("a.b\r\naxb\r\nA.B");
  SearchOptions options;
  options.pattern = "a.b";
  EXPECT_EQ(find(terminal, options).matches.size(), 2u);
  options.fixed = true;
  EXPECT_EQ(shown(find(terminal, options)), (Shown{"0:0-3 a.b"}));
  options.ignore_case = true;
  EXPECT_EQ(shown(find(terminal, options)), (Shown{"2:0-3 A.B", "0:0-3 a.b"}));
}

TEST(Search, SearchesTheAlternateScreenAndScrollback) {
  auto terminal = terminal_with(numbered_lines(6));
  terminal.feed("\x1b[?1049h\x1b[Hline in alternate");
  EXPECT_EQ(shown(find(terminal, "line.*")),
            (Shown{"3:0-17 line in alternate", "2:0-5 line2", "1:0-5 line1", "0:0-5 line0"}));
}

TEST(Search, DoesNotJoinTheAlternateScreenWithScrollback) {
  auto terminal = terminal_with("0123456789abcdefghijKLMN", 2);
  terminal.feed("\x1b[?1049h\x1b[Hx");
  EXPECT_EQ(shown(find(terminal, "9|x")), (Shown{"1:0-1 x", "0:9-10 0123456789"}));
}

TEST(Search, GivesContext) {
  SearchOptions options;
  options.pattern = "line[05]";
  options.context = 2;
  const auto found = find(terminal_with(numbered_lines(6)), options);
  ASSERT_EQ(found.matches.size(), 2u);
  EXPECT_EQ(found.matches[0].before, (Shown{"line3", "line4"}));
  EXPECT_TRUE(found.matches[0].after.empty());
  EXPECT_TRUE(found.matches[1].before.empty());
  EXPECT_EQ(found.matches[1].after, (Shown{"line1", "line2"}));
}

TEST(Search, StopsAtItsBoundsAndGoesOn) {
  const auto terminal = terminal_with(numbered_lines(50));
  SearchOptions options;
  options.pattern = "line";
  options.max_matches = 20;
  Shown all;
  for (int pages = 0; pages < 10; ++pages) {
    const auto found = find(terminal, options);
    for (const auto& text : shown(found)) all.push_back(text);
    if (!found.truncated) break;
    options.before_line = found.next_line;
  }
  EXPECT_EQ(all, shown(find(terminal, "line")));
  EXPECT_EQ(all.size(), 50u);
  options = {};
  options.pattern = "line";
  options.max_bytes = 1;
  EXPECT_EQ(find(terminal, options).matches.size(), 1u);
  EXPECT_TRUE(find(terminal, options).truncated);
}

TEST(Search, CutsALongLineAroundTheMatch) {
  std::string bytes;
  for (int i = 0; i < 3000; ++i) bytes += "\xe6\xbc\xa2";
  bytes += "needle" + std::string(6000, 'b');
  const auto found = find(terminal_with(bytes, 200, 100), "needle");
  ASSERT_EQ(found.matches.size(), 1u);
  const auto& match = found.matches[0];
  EXPECT_EQ(match.begin, 6000u);
  EXPECT_LE(match.text.size(), SearchResult::kMaxText);
  const auto before = (match.begin - match.text_begin) / 2;
  ASSERT_LT(before, 1000u);
  EXPECT_EQ(match.text.substr(0, 3), "\xe6\xbc\xa2");
  EXPECT_EQ(match.text.substr(before * 3, 6), "needle");
}

TEST(Search, SaysWhatIsWrongWithAPattern) {
  const struct {
    const char* pattern;
    const char* part;
  } cases[] = {{"a(b", "missing ): a(b, at byte 1"},
               {"ab[c", "missing ]: [c, at byte 3"},
               {"x**", "bad repetition operator: **, at byte 2"},
               {"a\\8", "invalid escape sequence: \\8, at byte 2"},
               {"", "is empty"},
               {"((((x{100}){100}){100}){100})", "repetition"}};
  const auto terminal = terminal_with("x");
  for (const auto& c : cases) {
    SearchOptions options;
    options.pattern = c.pattern;
    const auto found = search(terminal, options);
    ASSERT_FALSE(found) << c.pattern;
    EXPECT_EQ(found.error().code, errc::invalid_argument);
    EXPECT_EQ(found.error().subject, "pattern");
    EXPECT_NE(found.error().message.find(c.part), std::string::npos) << found.error().message;
  }
}

TEST(Search, KeepsToTheBoundsOfARequest) {
  const auto terminal = terminal_with("x");
  const auto refused = [&](auto change) {
    SearchOptions options;
    options.pattern = "x";
    change(options);
    return !search(terminal, options);
  };
  EXPECT_FALSE(refused([](SearchOptions& o) { o.pattern.assign(1024, 'x'); }));
  EXPECT_TRUE(refused([](SearchOptions& o) { o.pattern.assign(1025, 'x'); }));
  EXPECT_TRUE(refused([](SearchOptions& o) { o.pattern = "\xff("; }));
  EXPECT_FALSE(refused([](SearchOptions& o) { o.max_matches = 1000; }));
  EXPECT_TRUE(refused([](SearchOptions& o) { o.max_matches = 1001; }));
  EXPECT_TRUE(refused([](SearchOptions& o) { o.max_matches = 0; }));
  EXPECT_FALSE(refused([](SearchOptions& o) { o.context = 50; }));
  EXPECT_TRUE(refused([](SearchOptions& o) { o.context = 51; }));
}

TEST(Search, WorksForABoundedTimeWhateverThePattern) {
  std::string bytes;
  for (int i = 0; i < 3000; ++i) bytes += std::string(70, "ab"[i % 2]) + "\r\n";
  const auto terminal = terminal_with(bytes, 24, 80);
  SearchOptions options;
  options.pattern = "(.{0,30}a.{0,30}){12}Q";
  auto found = find(terminal, options);
  EXPECT_TRUE(found.truncated);
  EXPECT_LT(found.next_line, 3000u);
  EXPECT_GT(found.next_line, 0u);
  const auto before = found.next_line;
  options.before_line = before;
  found = find(terminal, options);
  EXPECT_LT(found.next_line, before);
}

TEST(Search, OfALargeScreenIsBounded) {
  auto terminal = terminal_with("", Grid::kMaxRows, Grid::kMaxColumns);
  for (int i = 0; i < 100; ++i) terminal.feed(std::string(100'000, 'x'));
  const auto found = find(terminal, "(x.*y)|x");
  EXPECT_FALSE(found.matches.empty());
  EXPECT_TRUE(found.truncated);
}

}  // namespace
}  // namespace ptyd::screen
