// Text: wrapping, wide and combining characters, character sets, REP. Expected by ECMA-48, DEC STD 070 (appendix D on
// wrapping), xterm's control sequences and UAX #29.
#include "tests/unit/screen/terminal_support.hpp"

namespace ptyd::screen {
namespace {

// "日", two columns.
#define WIDE "\xe6\x97\xa5"
// A combining acute accent.
#define ACUTE "\xcc\x81"

TEST(TerminalPrint, Wraps) {
  check({
      {"text", "abc", "abc", "1,4"},
      {"up to the border", "0123456789", "0123456789", "1,10+"},
      {"past the border", "0123456789a", "0123456789|a", "2,2"},
      {"several rows", "0123456789abcdefghijABC", "0123456789|abcdefghij|ABC", "3,4"},
      {"scrolls", "0123456789abcdefghijABCDEFGHIJ0123456789x", "abcdefghij|ABCDEFGHIJ|0123456789|x", "4,2"},
      {"CR LF at the border gives no empty line", "0123456789\r\na", "0123456789|a", "2,2"},
      {"SGR keeps the wrap", "0123456789\x1b[1mX", "0123456789|X", "2,2"},
      {"EL cancels it", "0123456789\x1b[KX", "012345678X", "1,10+"},
      {"ED cancels it", "0123456789\x1b[JX", "012345678X", "1,10+"},
      {"ECH cancels it", "0123456789\x1b[XX", "012345678X", "1,10+"},
      {"ICH cancels it", "0123456789\x1b[@X", "012345678X", "1,10+"},
      {"DCH cancels it", "0123456789\x1b[PX", "012345678X", "1,10+"},
      {"LF cancels it", "0123456789\nX", "0123456789|         X", "2,10+"},
      {"RI cancels it", "\n0123456789\x1bMX", "         X|0123456789", "1,10+"},
      {"DECSET keeps it", "0123456789\x1b[?25lX", "0123456789|X", "2,2"},
      {"below the region text stays in the last row", "\x1b[1;2r\x1b[4;1H0123456789ab", "|||ab23456789", "4,3"},
      {"at the bottom margin it scrolls the region", "x\x1b[1;2r\x1b[4;1Hy\x1b[2;1H0123456789ab", "0123456789|ab||y",
       "2,3"},
      {"at the right margin", "\x1b[?69h\x1b[3;6s\x1b[1;3Habcdef", "  abcd|  ef", "2,5"},
      {"right of the margin at the border", "\x1b[?69h\x1b[3;6s\x1b[1;9Habcd", "        ab|  cd", "2,5"},
      {"left of the margins at the right margin", "\x1b[?69h\x1b[3;6s\x1b[1;1Habcdefgh", "abcdef|  gh", "2,5"},
  });
}

TEST(TerminalPrint, StaysInTheLastColumnWithoutAutowrap) {
  check({
      {"one piece", "\x1b[?7l0123456789abc", "012345678c", "1,10+"},
      {"one by one", "\x1b[?7l012345678\x1b[1m9\x1b[0ma\x1b[1mb", "012345678b", "1,10+"},
      {"at the right margin", "\x1b[?7l\x1b[?69h\x1b[3;6s\x1b[1;3Habcdefgh", "  abch", "1,6+"},
      {"wide characters do not fit", "\x1b[?7l012345678" WIDE "x", "012345678x", "1,10+"},
  });
}

TEST(TerminalPrint, MarksWrappedRows) {
  Terminal terminal(size_of(4, 10));
  terminal.feed("0123456789a\r\n0123456789\r\nb");
  EXPECT_TRUE(terminal.primary().info(0).wrapped);
  EXPECT_FALSE(terminal.primary().info(1).wrapped);
  EXPECT_FALSE(terminal.primary().info(2).wrapped);
  terminal.feed("\r\n\r\n");  // one row up
  EXPECT_FALSE(terminal.primary().info(0).wrapped);
}

TEST(TerminalPrint, MarksTheRowThatScrollsWhenItWraps) {
  Terminal terminal(size_of(2, 10));
  terminal.feed("\n0123456789a");
  EXPECT_EQ(screen_text(terminal), "0123456789|a");
  EXPECT_TRUE(terminal.primary().info(0).wrapped);
  Terminal line(size_of(1, 10));
  line.feed("0123456789abc\r\nx");
  EXPECT_EQ(scrollback_text(line), "0123456789abc");
}

struct WrapCase {
  std::string_view name;
  std::string_view input;  // after a line that wraps in row 1
  bool wrapped;
};

TEST(TerminalPrint, ErasingEndsAWrappedLine) {
  for (const auto& [name, input, wrapped] : std::vector<WrapCase>{
           {"nothing", "", true},
           {"EL in the next row", "\x1b[2;5H\x1b[K", true},
           {"EL of the whole next row", "\x1b[2K", false},
           {"EL from the beginning of the next row", "\r\x1b[K", false},
           {"EL 1 in the next row", "\x1b[1K", true},
           {"EL at its end", "\x1b[1;5H\x1b[K", false},
           {"EL 1 before its end", "\x1b[1;5H\x1b[1K", true},
           {"ECH to its end", "\x1b[1;9H\x1b[2X", false},
           {"ECH before its end", "\x1b[1;8H\x1b[2X", true},
           {"ED from the next row", "\x1b[2;1H\x1b[J", false},
           {"DCH", "\x1b[1;5H\x1b[P", false},
           {"ICH", "\x1b[1;5H\x1b[@", false},
           {"IL in the next row", "\x1b[2;1H\x1b[L", false},
           {"DL in the next row", "\x1b[2;1H\x1b[M", false},
           {"IL below", "\x1b[3;1H\x1b[L", true},
           {"a region that scrolls away from it", "\x1b[2;4r\x1b[4;1H\n", false},
           {"overwriting the next row", "\x1b[2;1Hxyz", true},
       }) {
    SCOPED_TRACE(name);
    Terminal terminal(size_of(4, 10));
    terminal.feed("0123456789abc");
    ASSERT_TRUE(terminal.primary().info(0).wrapped);
    terminal.feed(input);
    EXPECT_EQ(terminal.primary().info(0).wrapped, wrapped);
  }
}

TEST(TerminalPrint, InsertMode) {
  check({
      {"shifts", "abc\x1b[4h\rX", "Xabc", "1,2"},
      {"pushes out at the border", "0123456789\x1b[4h\rXY", "XY01234567", "1,3"},
      {"ends", "abc\x1b[4h\rX\x1b[4lY", "XYbc", "1,3"},
      {"pushes out at the right margin", "0123456789\x1b[?69h\x1b[2;5s\x1b[4h\x1b[1;3HX", "01X2356789", "1,4"},
      {"a wide character takes two columns", "abc\x1b[4h\r" WIDE, WIDE "abc", "1,3"},
      {"a wide character that would be cut goes", "0123456" WIDE "9\x1b[4h\rX", "X0123456" WIDE, "1,2"},
      {"a wide character cut by the border goes", "01234567" WIDE "\x1b[4h\rX", "X01234567", "1,2"},
      {"text on both sides of a wrap", "abc\r\n\x1b[4h01234567\x1b[1;1HXY", "XYabc|01234567", "1,3"},
  });
}

TEST(TerminalPrint, WideCharacters) {
  check({
      {"two columns", WIDE "a", WIDE "a", "1,4"},
      {"up to the border", "01234567" WIDE, "01234567" WIDE, "1,10+"},
      {"does not fit in the last column", "012345678" WIDE, "012345678|" WIDE, "2,3"},
      {"does not fit before the right margin", "\x1b[?69h\x1b[3;5s\x1b[1;3H" WIDE WIDE, "  " WIDE "|  " WIDE, "2,5"},
      {"text over the left half", WIDE "\rx", "x", "1,2"},
      {"text over the right half", WIDE "\x1b[1;2Hx", " x", "1,3"},
      {"a wide one over two halves", WIDE WIDE "\x1b[1;2H" WIDE, " " WIDE, "1,4"},
      {"erasing the left half", WIDE "a\r\x1b[X", "  a", "1,1"},
      {"erasing the right half", WIDE "a\x1b[1;2H\x1b[X", "  a", "1,2"},
      {"EL through it", "a" WIDE "\x1b[1;3H\x1b[K", "a", "1,3"},
      {"EL 1 through it", "a" WIDE "b\x1b[1;2H\x1b[1K", "   b", "1,2"},
      {"DCH through it", "a" WIDE "b\x1b[1;3H\x1b[P", "a b", "1,3"},
      {"DCH of its left half", "a" WIDE "b\x1b[1;2H\x1b[P", "a b", "1,2"},
      {"ICH through it", "a" WIDE "b\x1b[1;3H\x1b[@", "a   b", "1,3"},
      {"ICH at the border", "01234567" WIDE "\x1b[H\x1b[@", " 01234567", "1,1"},
      {"fullwidth latin", "\xef\xbc\xa1x", "\xef\xbc\xa1x", "1,4"},
      {"emoji", "\xf0\x9f\x98\x80x", "\xf0\x9f\x98\x80x", "1,4"},
  });
}

TEST(TerminalPrint, AScreenOfOneColumnHasNoRoomForWideCharacters) {
  check({{"dropped", WIDE "a" WIDE "b", "a|b", "2,1+"}}, 2, 1);
}

TEST(TerminalPrint, LeavesASpacerWhereAWideCharacterDidNotFit) {
  Terminal terminal(size_of(2, 4));
  terminal.feed("abcX\x1b[1;4H\x1b[0m" WIDE);
  EXPECT_EQ(screen_text(terminal), "abc|" WIDE);
  const auto cells = terminal.primary().cells(0);
  EXPECT_TRUE(cells[3].wrap_spacer());
  EXPECT_EQ(cells[3].character(), 0U);
  EXPECT_TRUE(terminal.primary().info(0).wrapped);
  const auto next = terminal.primary().cells(1);
  EXPECT_TRUE(next[0].wide());
  EXPECT_TRUE(next[1].tail());
  EXPECT_FALSE(next[0].tail());
  terminal.feed("\x1b[1;4HY");
  EXPECT_FALSE(terminal.primary().cells(0)[3].wrap_spacer());
}

TEST(TerminalPrint, CombiningCharacters) {
  check({
      {"after a letter", "e" ACUTE "x", "e" ACUTE "x", "1,3"},
      {"after a wide character", WIDE ACUTE "x", WIDE ACUTE "x", "1,4"},
      {"in a pending wrap", "0123456789" ACUTE "x", "0123456789" ACUTE "|x", "2,2"},
      {"at the beginning of a row", ACUTE "x", "x", "1,2"},
      {"after nothing", "\x1b[1;5H" ACUTE "x", "    x", "1,6"},
      {"two of them", "e" ACUTE "\xcc\xa3", "e" ACUTE "\xcc\xa3", "1,2"},
      {"joiners",
       "a\xe2\x80\x8d"
       "b",
       "a\xe2\x80\x8d"
       "b",
       "1,3"},
      {"overwritten", "e" ACUTE "\rx", "x", "1,2"},
      {"wide in a pending wrap", "01234567" WIDE ACUTE, "01234567" WIDE ACUTE, "1,10+"},
  });
}

TEST(TerminalPrint, AClusterIsBounded) {
  Terminal terminal(size_of(2, 4));
  terminal.feed("e");
  for (int i = 0; i < 100; ++i) terminal.feed(ACUTE);
  EXPECT_EQ(terminal.clusters()[terminal.primary().cells(0)[0].character()].size(), ClusterTable::kMaxCodePoints);
}

// The family and the thumb are of several emoji; VS16 asks for an emoji, VS15 for text.
#define FAMILY "\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7"
#define THUMB "\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd"
#define HEART "\xe2\x9d\xa4"
#define VS16 "\xef\xb8\x8f"
#define VS15 "\xef\xb8\x8e"
#define FLAG "\xf0\x9f\x87\xaf\xf0\x9f\x87\xb5"
#define WATCH "\xe2\x8c\x9a"

TEST(TerminalPrint, WithoutClustersEachCharacterTakesItsColumns) {
  check(
      {
          {"family", FAMILY "x", FAMILY "x", "1,8"},
          {"skin tone", THUMB "x", THUMB "x", "1,6"},
          {"VS16", HEART VS16 "x", HEART VS16 "x", "1,3"},
          {"flag", FLAG "x", FLAG "x", "1,4"},
      },
      2, 12);
}

TEST(TerminalPrint, ClustersTakeTheColumnsOfOneCharacter) {
  check(
      {
          {"family", "\x1b[?2027h" FAMILY "x", FAMILY "x", "1,4"},
          {"skin tone", "\x1b[?2027h" THUMB "x", THUMB "x", "1,4"},
          {"VS16 makes it wide", "\x1b[?2027h" HEART VS16 "x", HEART VS16 "x", "1,4"},
          {"VS16 after a letter does not", "\x1b[?2027ha" VS16 "x", "a" VS16 "x", "1,3"},
          {"VS15 makes it narrow", "\x1b[?2027h" WATCH VS15 "x", WATCH VS15 "x", "1,3"},
          {"keycap", "\x1b[?2027h1" VS16 "\xe2\x83\xa3x", "1" VS16 "\xe2\x83\xa3x", "1,4"},
          {"flag", "\x1b[?2027h" FLAG "x", FLAG "x", "1,4"},
          {"two flags", "\x1b[?2027h" FLAG FLAG "x", FLAG FLAG "x", "1,6"},
          {"combining", "\x1b[?2027he" ACUTE "x", "e" ACUTE "x", "1,3"},
          {"plain text", "\x1b[?2027habc", "abc", "1,4"},
          {"VS16 in the last column goes to the next row", "\x1b[?2027h01234567890" HEART VS16 "x",
           "01234567890|" HEART VS16 "x", "2,4"},
          {"VS16 before the last column", "\x1b[?2027h0123456789" HEART VS16 "x", "0123456789" HEART VS16 "|x", "2,2"},
          {"VS16 over the text behind it", "\x1b[?2027habcdef\r" HEART VS16, HEART VS16 "cdef", "1,3"},
          {"VS16 in insert mode", "\x1b[?2027habcd\x1b[4h\r" HEART VS16, HEART VS16 "abcd", "1,3"},
          {"VS15 in a pending wrap", "\x1b[?2027h0123456789" WATCH VS15 "x", "0123456789" WATCH VS15 "x", "1,12+"},
          {"joined after a cursor movement", "\x1b[?2027he\x1b[1;2H" ACUTE, "e" ACUTE, "1,2"},
      },
      3, 12);
}

TEST(TerminalPrint, CharacterSets) {
  check({
      {"graphics in G0", "\x1b(0lqk\x1b(Blqk", "\xe2\x94\x8c\xe2\x94\x80\xe2\x94\x90lqk", "1,7"},
      {"upper case is not graphics", "\x1b(0ABC", "ABC", "1,4"},
      {"underscore is a blank there", "\x1b(0_`", " \xe2\x97\x86", "1,3"},
      {"the last graphic", "\x1b(0~", "\xc2\xb7", "1,2"},
      {"SO and SI",
       "\x1b)0a\x0eq\x0f"
       "b",
       "a\xe2\x94\x80"
       "b",
       "1,4"},
      {"LS2", "\x1b*0\x1bnq\x0fq", "\xe2\x94\x80q", "1,3"},
      {"LS3", "\x1b+0\x1boq\x0fq", "\xe2\x94\x80q", "1,3"},
      {"SS2", "\x1b*0\x1bNqq", "\xe2\x94\x80q", "1,3"},
      {"SS3", "\x1b+0\x1bOqq", "\xe2\x94\x80q", "1,3"},
      {"SS2 in insert mode", "ab\r\x1b*0\x1b[4h\x1bNqq", "\xe2\x94\x80qab", "1,3"},
      {"british", "\x1b(A#$", "\xc2\xa3$", "1,3"},
      {"an unknown set is ASCII", "\x1b(0\x1b(Kq", "q", "1,2"},
      {"UTF-8 stays", "\x1b(0\xc3\xa9", "\xc3\xa9", "1,2"},
      {"ESC % changes nothing", "\x1b%@\xc3\xa9\x1b%G\xc3\xa9", "\xc3\xa9\xc3\xa9", "1,3"},
      {"wraps", "\x1b(0qqqqqqqqqqx",
       "\xe2\x94\x80\xe2\x94\x80\xe2\x94\x80\xe2\x94\x80\xe2\x94\x80\xe2\x94\x80\xe2\x94\x80\xe2\x94\x80\xe2\x94\x80"
       "\xe2\x94\x80|\xe2\x94\x82",
       "2,2"},
  });
}

TEST(TerminalPrint, Repeats) {
  check({
      {"REP", "a\x1b[3b", "aaaa", "1,5"},
      {"REP 0 is 1", "a\x1b[0b", "aa", "1,3"},
      {"REP without parameter", "a\x1b[b", "aa", "1,3"},
      {"REP before any character", "\x1b[3bx", "x", "1,2"},
      {"REP after RIS",
       "a\x1b"
       "c\x1b[3b",
       "", "1,1"},
      {"wraps", "a\x1b[11b", "aaaaaaaaaa|aa", "2,3"},
      {"the last of several", "abc\x1b[2b", "abccc", "1,6"},
      {"wide", WIDE "\x1b[b", WIDE WIDE, "1,5"},
      {"cluster", "e" ACUTE "\x1b[b", "e" ACUTE "e" ACUTE, "1,3"},
      {"graphics", "\x1b(0q\x1b[b\x1b(B", "\xe2\x94\x80\xe2\x94\x80", "1,3"},
      {"in insert mode", "xy\r\x1b[4ha\x1b[2b", "aaaxy", "1,4"},
      {"not after a control function", "a\x1b[C\x1b[3b", "a", "1,3"},
      {"not after a control", "a\r\n\x1b[3b", "a", "2,1"},
      {"not after an escape sequence", "a\x1b\x37\x1b[3b", "a", "1,2"},
      {"not after SGR", "a\x1b[1m\x1b[b", "a", "1,2"},
      {"not after a string", "a\x1b]2;t\a\x1b[b\x1bP$qm\x1b\\\x1b[b", "a", "1,2"},
      {"not after REP", "a\x1b[b\x1b[3b", "aa", "1,3"},
      {"not after a wide one was repeated", WIDE "\x1b[b\x1b[b", WIDE WIDE, "1,5"},
  });
}

TEST(TerminalPrint, RepeatsAtMostAScreen) {
  Terminal terminal(size_of(4, 10));
  terminal.feed("\x1b[1;1Ha\x1b[65535b");
  EXPECT_EQ(screen_text(terminal), "aaaaaaaaaa|aaaaaaaaaa|aaaaaaaaaa|a");
  EXPECT_EQ(scrollback_text(terminal), "aaaaaaaaaa");
}

TEST(TerminalPrint, RemembersTheLastCharacter) {
  Terminal terminal(size_of(4, 10));
  EXPECT_TRUE(terminal.state().last_printed.empty());
  terminal.feed("ab");
  EXPECT_EQ(terminal.state().last_printed, U"b");
  terminal.feed("e" ACUTE);
  EXPECT_EQ(terminal.state().last_printed, U"e\u0301");
  terminal.feed("\x1b[");
  EXPECT_EQ(terminal.state().last_printed, U"e\u0301");
  terminal.feed("H");
  EXPECT_EQ(terminal.state().last_printed, U"");
}

TEST(TerminalPrint, LineFeeds) {
  check({
      {"LF keeps the column", "ab\nc", "ab|  c", "2,4"},
      {"VT", "ab\vc", "ab|  c", "2,4"},
      {"FF", "ab\fc", "ab|  c", "2,4"},
      {"LNM", "\x1b[20hab\nc", "ab|c", "2,2"},
      {"IND",
       "ab\x1b"
       "Dc",
       "ab|  c", "2,4"},
      {"IND with LNM",
       "\x1b[20hab\x1b"
       "Dc",
       "ab|  c", "2,4"},
      {"NEL",
       "ab\x1b"
       "Ec",
       "ab|c", "2,2"},
      {"RI", "\x1b[2;3Hab\x1bMc", "    c|  ab", "1,6"},
      {"LF at the bottom scrolls", "1\r\n2\r\n3\r\n4\r\n5", "2|3|4|5", "4,2"},
      {"RI at the top scrolls", "1\r\n2\r\n3\r\n4\x1b[H\x1bMx", "x|1|2|3", "1,2"},
      {"LF at the bottom margin", "1\r\n2\r\n3\r\n4\x1b[2;3r\x1b[3;1H\nx", "1|3|x|4", "3,2"},
      {"LF below the bottom margin", "1\r\n2\r\n3\r\n4\x1b[1;2r\x1b[4;1H\nx", "1|2|3|x", "4,2"},
      {"LF in the last row below the region", "1\r\n2\r\n3\r\n4\x1b[1;2r\x1b[4;2H\nx", "1|2|3|4x", "4,3"},
      {"RI at the top margin", "1\r\n2\r\n3\r\n4\x1b[2;3r\x1b[2;1H\x1bMx", "1|x|2|4", "2,2"},
      {"RI above the top margin", "1\r\n2\r\n3\r\n4\x1b[3;4r\x1b[1;2H\x1bMx", "1x|2|3|4", "1,3"},
      {"LF at the bottom beside the margins", "1\r\n2\r\n3\r\n4\x1b[?69h\x1b[3;5s\x1b[4;2H\nx", "1|2|3|4x", "4,3"},
      {"LF at the bottom within margins", "abcd\r\nefgh\r\nijkl\r\nmnop\x1b[?69h\x1b[2;3s\x1b[4;2H\n",
       "afgd|ejkh|inol|m  p", "4,2"},
      {"RI at the top within margins", "abcd\r\nefgh\r\nijkl\r\nmnop\x1b[?69h\x1b[2;3s\x1b[1;2H\x1bM",
       "a  d|ebch|ifgl|mjkp", "1,2"},
  });
}

}  // namespace
}  // namespace ptyd::screen
