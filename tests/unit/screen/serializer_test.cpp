// What snapshots look like, and what they never hold.
#include "daemon/screen/serializer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <string_view>

#include "tests/unit/screen/random_script.hpp"
#include "tests/unit/screen/terminal_dump.hpp"

namespace ptyd::screen {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

Terminal make_terminal(std::string_view bytes, int rows = 4, int columns = 10) {
  TerminalOptions options;
  options.rows = rows;
  options.columns = columns;
  Terminal terminal(options);
  terminal.feed(bytes);
  return terminal;
}

std::string fresh(std::string_view bytes, std::size_t scrollback_rows = 0) {
  return serialize(make_terminal(bytes), {.scrollback_rows = scrollback_rows});
}

std::string person(std::string_view bytes, std::size_t scrollback_rows = 0) {
  return serialize(make_terminal(bytes), {.profile = SnapshotProfile::person, .scrollback_rows = scrollback_rows});
}

std::string screen_text(const Terminal& terminal) {
  std::string out;
  for (int row = 0; row < terminal.rows(); ++row) {
    for (const auto& cell : terminal.active().used_cells(row)) terminal.append_text(cell, out);
    out += '|';
  }
  return out;
}

struct Case {
  const char* name;
  std::string_view bytes;
  std::string_view snapshot;
};
void PrintTo(const Case& each, std::ostream* out) { *out << each.name; }

class FreshSnapshot : public testing::TestWithParam<Case> {};

TEST_P(FreshSnapshot, Is) { EXPECT_EQ(fresh(GetParam().bytes), GetParam().snapshot); }

INSTANTIATE_TEST_SUITE_P(
    Rows, FreshSnapshot,
    testing::Values(Case{"OfANewTerminal", "", "\x1b[H"},  //
                    Case{"BlankRowsAtTheEnd", "a\r\n\n\n\x1b[H", "a\x1b[H"},
                    Case{"BlankRowsBetween", "a\r\n\n\nb", "a\r\n\n\nb\x1b[4Hb"},
                    Case{"GapIsPassedOver", "\x1b[5Ga", "\x1b[4Ca\x1b[1;5Ha"},
                    Case{"SpaceIsPrinted", "a b", "a b\x1b[1;3Hb"},
                    Case{"WrappedRow", "0123456789ab", "0123456789ab\x1b[2;2Hb"},
                    Case{"FullRowThatDoesNotWrap", "0123456789\r\nab", "0123456789\r\nab\x1b[2;2Hb"},
                    Case{"PendingWrap", "0123456789", "0123456789\x1b[1;10H9"},
                    Case{"BackgroundToTheEnd", "\x1b[44m\x1b[K", "\x1b[44m\x1b[K\x1b[m\x1b[H\x1b[44m"},
                    Case{"BackgroundBehindText", "a\x1b[44m\x1b[K\x1b[m", "a\x1b[44m\x1b[K\x1b[m\x1b[1;2H"},
                    Case{"BackgroundBetween", "\x1b[2G\x1b[41m\x1b[3X\x1b[m", "\x1b[C\x1b[41m\x1b[3X\x1b[m\x1b[1;2H"},
                    Case{"PenIsKept", "a\x1b[1;31m", "a\x1b[1;2H\x1b[1;31m"},
                    Case{"WideCharacter", "\u4f60a", "\u4f60a\x1b[1;3Ha"},
                    Case{"CombiningCharacter", "e\u0301", "e\u0301\x1b[He\u0301"},
                    Case{"Protected", "\x1b[1\"qa\x1b[0\"q", "\x1b[1\"qa\x1b[0\"q\x1b[1;2H"},
                    Case{"Link", "\x1b]8;id=x;u:v\aa\x1b]8;;\a", "\x1b]8;id=x;u:v\x1b\\a\x1b]8;;\x1b\\\x1b[1;2H"}),
    [](const auto& one) { return one.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Rest, FreshSnapshot,
    testing::Values(
        Case{"Title", "\x1b]2;t\a", "\x1b]2;t\x1b\\\x1b[H"}, Case{"TitleAndIcon", "\x1b]0;t\a", "\x1b]0;t\x1b\\\x1b[H"},
        Case{"TitleStack", "\x1b]2;t\a\x1b[22t\x1b]2;u\a", "\x1b]2;t\x1b\\\x1b[22;0t\x1b]2;u\x1b\\\x1b[H"},
        Case{"Directory", "\x1b]7;file://h/d\a", "\x1b]7;file://h/d\x1b\\\x1b[H"},
        Case{"Palette", "\x1b]4;1;#102030\a\x1b]11;#ffffff\a",
             "\x1b]4;1;rgb:10/20/30\x1b\\\x1b]11;rgb:ff/ff/ff\x1b\\\x1b[H"},
        Case{"Modes", "\x1b[?1;25l\x1b[?2004;1002;1006h\x1b[?7l",
             "\x1b[?25l\x1b[?2004h\x1b[?1002h\x1b[?1006h\x1b[H\x1b[?7l"},
        Case{"Keyboard", "\x1b[>4;2m\x1b=\x1b[>1u\x1b[>3u", "\x1b[>1u\x1b[>3u\x1b[>4;2m\x1b=\x1b[H"},
        Case{"Margins", "\x1b[2;3r", "\x1b[2;3r\x1b[H"},
        Case{"MarginsAndOrigin", "\x1b[2;3r\x1b[?6h\x1b[2;2H", "\x1b[2;3r\x1b[?6h\x1b[2;2H"},
        Case{"Charsets", "\x1b(0\x1b)A\x0e", "\x1b[H\x1b(0\x1b)A\x0e"}, Case{"SingleShift", "\x1bN", "\x1b[H\x1bN"},  //
        Case{"Tabs", "\x1b[3g\x1b[4G\x1bH\r", "\x1b[3g\x1b[4G\x1bH\x1b[H"},
        Case{"CursorShape", "\x1b[5 q", "\x1b[5 q\x1b[H"},  //
        Case{"SavedCursor", "\x1b[2;3H\x1b[1m\x1b\x37\x1b[m\x1b[H", "\x1b[2;3H\x1b[1m\x1b\x37\x1b[m\x1b[H"},
        Case{"GuardedAreas", "\x1bVa", "\x1b[1\"qa\x1b[0\"q\x1b[H\x1b[1\"q\x1bVa"},
        Case{"GuardedAreasBehindThem", "\x1bV\x1bW", "\x1b[H\x1bV\x1bW"},
        Case{"RepeatInALook", "\x1b[1ma", "\x1b[1ma\x1b[m\x1b[H\x1b[1ma"},
        Case{"RepeatGraphics", "\x1b(0q", "\u2500\x1b[H\x1b(0\u2500"}, Case{"RepeatNothing", "ab\x1b[D", "ab\x1b[1;2H"},
        Case{"SavedModes", "\x1b[?1s", "\x1b[?1s\x1b[H\x1b[H"},
        Case{"Marks", "\x1b]133;A\a$ \x1b]133;B\al", "\x1b]133;A\x1b\\$ l\x1b[H\x1b]133;B\x1b\\\x1b[1;3Hl"},
        Case{"ExitCode", "\x1b]133;D;7\a", "\x1b]133;D;7\x1b\\\x1b[4H\x1b]133;D;7\x1b\\\x1b[H"},
        Case{"HalfASequence", "a\x1b[3", "a\x1b[Ha\x1b[3"}),
    [](const auto& one) { return one.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Screens, FreshSnapshot,
    testing::Values(Case{"Alternate", "a\x1b[?1049hb", "a\x1b[1;2H\x1b[?1049h\x1b[H\x1b[2J\x1b[Cb\x1b[1;2Hb"},
                    Case{"AlternateWithoutSavedCursor", "a\x1b[?47h", "a\x1b[?47h\x1b[H\x1b[2J\x1b[1;2H"},
                    Case{"WhatWasOnTheAlternateIsLeftOut", "\x1b[?1049hb\x1b[?1049l", "\x1b[H\x1b\x37\x1b[H"}),
    [](const auto& one) { return one.param.name; });

// Where the wrap is pending is printed: the last cell again, or a blank that DECERA takes away.
INSTANTIATE_TEST_SUITE_P(
    PendingWrap, FreshSnapshot,
    testing::Values(
        Case{"AfterAControl", "0123456789\x1b[m", "0123456789\x1b[1;10H9\x0f"},
        Case{"InAnotherLook", "0123456789\x1b[1m", "0123456789\x1b[1;10H9\x1b[1m"},
        Case{"BehindABlank", "0123456789\x1b[T", "\r\n0123456789\x1b[1;10H \x1b[1;10;1;10$z\x0f"},
        Case{"BehindABlankWithABackground", "0123456789\x1b[44m\x1b[T",
             "\x1b[44m\x1b[K\x1b[m\r\n0123456789\x1b[1;10H\x1b[44m \x1b[1;10;1;10$z\x0f"},
        Case{"BehindABlankInOriginMode", "\x1b[2;3r\x1b[?6h0123456789\x1b[T",
             "\r\n\n0123456789\x1b[2;3r\x1b[?6h\x1b[1;10H \x1b[1;10;1;10$z\x0f"},
        Case{"AtAMarginThatIsNoMore", "\x1b[?69h\x1b[1;3sabc\x1b[?69l", "abc\x1b[?69h\x1b[1;3s\x1b[1;3Hc\x1b[?69l\x0f"},
        Case{"Saved", "0123456789\x1b\x37\x1b[H", "0123456789\x1b[1;10H9\x1b\x37\x1b[H"},
        Case{"SavedBehindABlank", "0123456789\x1b\x37\x1b[2K\x1b[H", "\x1b[1;10H \x1b[1;10;1;10$z\x1b\x37\x1b[H"},
        Case{"SavedAtAMargin", "\x1b[?69h\x1b[1;3sabc\x1b\x37\x1b[?69l\x1b[H",
             "abc\x1b[?69h\x1b[1;3s\x1b[1;3Hc\x1b[?69l\x1b\x37\x1b[H"}),
    [](const auto& one) { return one.param.name; });

TEST(Snapshot, NeverTurnsSynchronizedOutputOn) {
  EXPECT_THAT(fresh("\x1b[?2026ha"), Not(HasSubstr("2026")));
  EXPECT_THAT(person("\x1b[?2026ha"), Not(HasSubstr("2026h")));
}

TEST(Snapshot, EndsWithTheBytesOfAHalfDoneSequence) {
  for (const std::string_view half : {"\x1b", "\x1b[?10", "\x1b]2;ti", "\x1bP$qm", "\xf0\x9f"}) {
    EXPECT_THAT(fresh("text" + std::string(half)), EndsWith(half));
    EXPECT_THAT(person("text" + std::string(half)), EndsWith(half));
  }
}

TEST(Snapshot, ScrollbackComesFirstUpToTheRowsWanted) {
  const std::string_view bytes = "1\r\n2\r\n3\r\n4\r\n5\r\n6\r\n7";
  EXPECT_THAT(fresh(bytes), StartsWith("4\r\n5\r\n6\r\n7"));
  EXPECT_THAT(fresh(bytes, 2), StartsWith("2\r\n3\r\n4\r\n5\r\n6\r\n7"));
  EXPECT_THAT(fresh(bytes, 99), StartsWith("1\r\n2\r\n3\r\n4\r\n5\r\n6\r\n7"));
}

TEST(Snapshot, ScrollbackIsCutInTheMiddleOfALine) {
  const std::string line = "aaaaaaaaaabbbbbbbbbbcc\r\n";
  EXPECT_THAT(fresh(line + "1\r\n2\r\n3\r\n4", 2), StartsWith("bbbbbbbbbbcc\r\n1\r\n2"));
}

TEST(Snapshot, BlankScreenBelowScrollbackScrollsItAway) {
  auto copy = make_terminal(fresh("1\r\n2\r\n3\r\n4\r\n5\r\n6\x1b[H\x1b[J", 99));
  EXPECT_EQ(copy.scrollback().size(), 2u);
  EXPECT_EQ(screen_text(copy), "||||");
}

TEST(Snapshot, BackgroundOfScrollbackIsKept) {
  const auto terminal = make_terminal("\x1b[44m\x1b[K1\r\n\n\n\n\n\n");
  const auto copy = make_terminal(serialize(terminal, {.scrollback_rows = 99}));
  const test::DumpOptions strict{.strict = true};
  EXPECT_EQ("", test::difference(test::dump(terminal, strict), test::dump(copy, strict)));
}

TEST(Snapshot, LaysTheScreenOutForAnotherSize) {
  const auto terminal = make_terminal("0123456789abc");
  EXPECT_EQ(screen_text(make_terminal(serialize(terminal, {.rows = 5, .columns = 5}), 5, 5)), "01234|56789|abc|||");
  EXPECT_EQ(screen_text(make_terminal(serialize(terminal, {.columns = 20}), 4, 20)), "0123456789abc||||");
  EXPECT_EQ(screen_text(terminal), "0123456789|abc|||");
}

TEST(Snapshot, CutsTheAlternateScreenForAnotherSize) {
  const auto terminal = make_terminal("\x1b[?1049h\x1b[H0123456789abc\x1b[H");
  EXPECT_EQ(screen_text(make_terminal(serialize(terminal, {.rows = 2, .columns = 5}), 2, 5)), "01234|abc|");
}

TEST(Snapshot, HiddenScreenComesWhenItIsAskedFor) {
  const auto terminal = make_terminal("\x1b[?1049hhidden\x1b[?1049l");
  auto copy = make_terminal(serialize(terminal, {.hidden_screen = true}));
  copy.feed("\x1b[?47h");
  EXPECT_EQ(screen_text(copy), "hidden||||");
}

TEST(Snapshot, HoldsNoQuery) {
  class Counter final : public TerminalListener {
   public:
    void on_query(Query query, std::string_view /*reply*/, std::uint64_t /*offset*/) override {
      // Mode 2048 answers when it is turned on, which only a new virtual terminal is asked to do.
      if (query != Query::window || !fresh_) ++queries_;
    }
    bool fresh_ = false;
    int queries_ = 0;
  };
  for (std::uint64_t seed = 1; seed < 60; ++seed) {
    const auto script = test::RandomScript(seed, {.rows = 6, .columns = 20, .steps = 60, .tails = false}).bytes();
    const auto terminal = make_terminal(script, 6, 20);
    for (const auto profile : {SnapshotProfile::fresh, SnapshotProfile::person}) {
      Counter counter;
      counter.fresh_ = profile == SnapshotProfile::fresh;
      auto reader = make_terminal("", 6, 20);
      reader.set_listener(&counter);
      reader.feed(serialize(terminal, {.profile = profile, .scrollback_rows = 100}));
      EXPECT_EQ(counter.queries_, 0) << seed;
    }
  }
}

TEST(PersonsSnapshot, LeavesScrollbackPaletteAndTitleStackAlone) {
  const auto bytes = person("\x1b]4;1;#102030\a\x1b]11;#ffffff\a\x1b]2;old\a\x1b[22t\x1b]2;new\atext", 9);
  EXPECT_THAT(bytes, Not(HasSubstr("\x1b[3J")));
  EXPECT_THAT(bytes, Not(HasSubstr("\x1b"
                                   "c")));
  EXPECT_THAT(bytes, Not(HasSubstr("\x1b]4;")));
  EXPECT_THAT(bytes, Not(HasSubstr("\x1b]11;")));
  EXPECT_THAT(bytes, Not(HasSubstr("old")));
  EXPECT_THAT(bytes, HasSubstr("\x1b]2;new\x1b\\"));
}

TEST(PersonsSnapshot, MakesNoPromptMarks) { EXPECT_THAT(person("\x1b]133;A\a$ \x1b]133;B\a"), Not(HasSubstr("]133"))); }

TEST(PersonsSnapshot, TurnsNoModeOnThatAnswersAtOnce) { EXPECT_THAT(person("\x1b[?2048h"), Not(HasSubstr("2048h"))); }

TEST(PersonsSnapshot, SendsAtMostSixteenParameters) {
  int parameters = 0;
  for (const char c : person("")) {
    if (c == '\x1b') parameters = 1;
    if (c == ';') ++parameters;
    EXPECT_LE(parameters, 16);
  }
}

TEST(PersonsSnapshot, ScrollsWhatWasAboveIntoTheTerminalsOwnScrollback) {
  const auto terminal = make_terminal("1\r\n2\r\n3\r\n4\r\n5\r\n6");
  auto persons = make_terminal("mine");
  persons.feed(serialize(terminal, {.profile = SnapshotProfile::person, .scrollback_rows = 99}));
  EXPECT_EQ(screen_text(persons), "3|4|5|6|");
  std::string text;
  ASSERT_TRUE(persons.scrollback().read_text(persons.scrollback().end_id() - 1, text));
  EXPECT_EQ(text, "2");
}

TEST(PersonsSnapshot, PutsTheCursorWhereItBelongsBehindDoubtfulCharacters) {
  const std::string couple = "\U0001F468\u200D\U0001F469";
  EXPECT_THAT(person("\x1b[?2027h" + couple + "a"), HasSubstr("\x1b[?2027h" + couple + "\x1b[3G"));
  EXPECT_THAT(person("\x1b[?2027h\x1b[5G" + couple + "a"),
              HasSubstr("\x1b[?7l\x1b[?2027h" + couple + "\x1b[?7h\x1b[7G"));
  EXPECT_THAT(person("e\u0301a"), HasSubstr("e\u0301a"));
}

TEST(PersonsSnapshot, LeavesTheAlternateScreen) {
  auto persons = make_terminal("\x1b[?1049hfull screen");
  persons.feed(person("shell"));
  EXPECT_FALSE(persons.state().alternate);
  EXPECT_EQ(screen_text(persons), "shell||||");
}

class TinyTerminal : public testing::TestWithParam<int> {};

// Too small for all that is exact elsewhere; what is seen is.
TEST_P(TinyTerminal, ShowsTheSame) {
  const int rows = 1 + GetParam() % 3;
  const int columns = 1 + GetParam() / 3;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const test::ScriptOptions options{.rows = rows, .columns = columns, .steps = 40, .resizes = false, .tails = false};
    const auto terminal = make_terminal(test::RandomScript(seed, options).bytes(), rows, columns);
    const auto copy = make_terminal(serialize(terminal, {.scrollback_rows = 99}), rows, columns);
    EXPECT_EQ(screen_text(copy), screen_text(terminal)) << seed;
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, TinyTerminal, testing::Range(0, 9));

}  // namespace
}  // namespace ptyd::screen
