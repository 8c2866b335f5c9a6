// Where control functions leave the cursor. Expected by ECMA-48, DEC STD 070 and xterm's control sequences.
#include "tests/unit/screen/terminal_support.hpp"

namespace ptyd::screen {
namespace {

// 10 columns by 4 rows.
TEST(TerminalCursor, MovesUpAndDown) {
  check({
      {"CUU", "\x1b[3;5H\x1b[A", "", "2,5"},
      {"CUU 0 is 1", "\x1b[3;5H\x1b[0A", "", "2,5"},
      {"CUU 2", "\x1b[3;5H\x1b[2A", "", "1,5"},
      {"CUU stops at the top", "\x1b[3;5H\x1b[99A", "", "1,5"},
      {"CUU huge", "\x1b[3;5H\x1b[4294967296A", "", "1,5"},
      {"CUU stops at the top margin", "\x1b[2;3r\x1b[3;5H\x1b[9A", "", "2,5"},
      {"CUU above the top margin goes to the top", "\x1b[3;4r\x1b[2;5H\x1b[9A", "", "1,5"},
      {"CUU cancels a wrap", "\x1b[2;1H0123456789\x1b[A", "|0123456789", "1,10"},
      {"CUD", "\x1b[2;5H\x1b[B", "", "3,5"},
      {"CUD 0 is 1", "\x1b[2;5H\x1b[0B", "", "3,5"},
      {"CUD stops at the bottom", "\x1b[2;5H\x1b[99B", "", "4,5"},
      {"CUD huge", "\x1b[2;5H\x1b[65536B", "", "4,5"},
      {"CUD stops at the bottom margin", "\x1b[1;3r\x1b[2;5H\x1b[9B", "", "3,5"},
      {"CUD below the bottom margin goes to the bottom", "\x1b[1;2r\x1b[3;5H\x1b[9B", "", "4,5"},
      {"CUD does not scroll", "a\x1b[4;1H\x1b[B", "a", "4,1"},
      {"CUD cancels a wrap", "0123456789\x1b[B", "0123456789", "2,10"},
      {"VPR", "\x1b[2;5H\x1b[2e", "", "4,5"},
      {"VPR passes the bottom margin", "\x1b[1;2r\x1b[1;5H\x1b[2e", "", "3,5"},
      {"VPR stops at the bottom", "\x1b[2;5H\x1b[65535e", "", "4,5"},
      {"CNL", "\x1b[2;5H\x1b[E", "", "3,1"},
      {"CNL 2", "\x1b[2;5H\x1b[2E", "", "4,1"},
      {"CNL huge", "\x1b[2;5H\x1b[65535E", "", "4,1"},
      {"CNL stops at the bottom margin", "\x1b[1;3r\x1b[2;5H\x1b[9E", "", "3,1"},
      {"CPL", "\x1b[3;5H\x1b[F", "", "2,1"},
      {"CPL 2", "\x1b[3;5H\x1b[2F", "", "1,1"},
      {"CPL huge", "\x1b[3;5H\x1b[65535F", "", "1,1"},
      {"CPL stops at the top margin", "\x1b[2;4r\x1b[3;5H\x1b[9F", "", "2,1"},
  });
}

TEST(TerminalCursor, MovesLeftAndRight) {
  check({
      {"CUF", "\x1b[2;5H\x1b[C", "", "2,6"},
      {"CUF 0 is 1", "\x1b[2;5H\x1b[0C", "", "2,6"},
      {"CUF stops at the border", "\x1b[2;5H\x1b[99C", "", "2,10"},
      {"CUF huge", "\x1b[2;5H\x1b[65535C", "", "2,10"},
      {"CUF cancels a wrap", "0123456789\x1b[C", "0123456789", "1,10"},
      {"CUF stops at the right margin", "\x1b[?69h\x1b[2;6s\x1b[1;3H\x1b[9C", "", "1,6"},
      {"CUF right of the margin goes to the border", "\x1b[?69h\x1b[2;6s\x1b[1;8H\x1b[9C", "", "1,10"},
      {"CUB", "\x1b[2;5H\x1b[D", "", "2,4"},
      {"CUB 0 is 1", "\x1b[2;5H\x1b[0D", "", "2,4"},
      {"CUB stops at the border", "\x1b[2;5H\x1b[99D", "", "2,1"},
      {"CUB huge", "\x1b[2;5H\x1b[65535D", "", "2,1"},
      {"CUB from a pending wrap", "0123456789\x1b[D", "0123456789", "1,9"},
      {"CUB stops at the left margin", "\x1b[?69h\x1b[3;6s\x1b[1;5H\x1b[9D", "", "1,3"},
      {"CUB left of the margin goes to the border", "\x1b[?69h\x1b[4;6s\x1b[1;3H\x1b[9D", "", "1,1"},
      {"HPR", "\x1b[2;5H\x1b[2a", "", "2,7"},
      {"HPR passes the right margin", "\x1b[?69h\x1b[2;6s\x1b[1;5H\x1b[3a", "", "1,8"},
      {"HPR stops at the border", "\x1b[2;5H\x1b[65535a", "", "2,10"},
      {"BS", "\x1b[2;5H\b", "", "2,4"},
      {"BS stops at the border", "\x1b[2;1H\b", "", "2,1"},
      {"BS from a pending wrap", "0123456789\bX", "01234567X9", "1,10"},
      {"BS stops at the left margin", "\x1b[?69h\x1b[3;6s\x1b[1;3H\b", "", "1,3"},
      {"BS left of the margin", "\x1b[?69h\x1b[4;6s\x1b[1;3H\b", "", "1,2"},
      {"CR", "\x1b[2;5H\r", "", "2,1"},
      {"CR from a pending wrap", "0123456789\rX", "X123456789", "1,2"},
      {"CR goes to the left margin", "\x1b[?69h\x1b[3;6s\x1b[1;5H\r", "", "1,3"},
      {"CR at the left margin", "\x1b[?69h\x1b[3;6s\x1b[1;3H\r", "", "1,3"},
      {"CR left of the margin goes to the border", "\x1b[?69h\x1b[4;6s\x1b[1;3H\r", "", "1,1"},
      {"CR in origin mode goes to the left margin", "\x1b[?69h\x1b[4;6s\x1b[?6h\r", "", "1,4"},
  });
}

TEST(TerminalCursor, GoesToAPosition) {
  check({
      {"CUP", "\x1b[3;4H", "", "3,4"},
      {"CUP without parameters", "\x1b[3;4H\x1b[H", "", "1,1"},
      {"CUP with zeros", "\x1b[3;4H\x1b[0;0H", "", "1,1"},
      {"CUP with only a column", "\x1b[;4H", "", "1,4"},
      {"CUP with only a row", "\x1b[3H", "", "3,1"},
      {"CUP outside", "\x1b[99;99H", "", "4,10"},
      {"CUP huge", "\x1b[4294967295;99999H", "", "4,10"},
      {"CUP cancels a wrap", "0123456789\x1b[1;10HX", "012345678X", "1,10+"},
      {"CUP passes over margins", "\x1b[2;3r\x1b[4;4H", "", "4,4"},
      {"CUP in origin mode", "\x1b[2;3r\x1b[?6h\x1b[1;4H", "", "2,4"},
      {"CUP in origin mode stays inside", "\x1b[2;3r\x1b[?6h\x1b[9;9H", "", "3,9"},
      {"CUP in origin mode with columns", "\x1b[?69h\x1b[3;6s\x1b[2;3r\x1b[?6h\x1b[2;2H", "", "3,4"},
      {"CUP in origin mode stays in the columns", "\x1b[?69h\x1b[3;6s\x1b[2;3r\x1b[?6h\x1b[9;9H", "", "3,6"},
      {"HVP", "\x1b[3;4f", "", "3,4"},
      {"CHA", "\x1b[3;4H\x1b[7G", "", "3,7"},
      {"CHA default", "\x1b[3;4H\x1b[G", "", "3,1"},
      {"CHA outside", "\x1b[3;4H\x1b[99G", "", "3,10"},
      {"CHA in origin mode", "\x1b[?69h\x1b[3;6s\x1b[?6h\x1b[2G", "", "1,4"},
      {"CHA in origin mode stays inside", "\x1b[?69h\x1b[3;6s\x1b[?6h\x1b[9G", "", "1,6"},
      {"HPA", "\x1b[3;4H\x1b[7`", "", "3,7"},
      {"VPA", "\x1b[3;4H\x1b[2d", "", "2,4"},
      {"VPA default", "\x1b[3;4H\x1b[d", "", "1,4"},
      {"VPA outside", "\x1b[3;4H\x1b[99d", "", "4,4"},
      {"VPA in origin mode", "\x1b[2;3r\x1b[?6h\x1b[2d", "", "3,1"},
      {"VPA in origin mode stays inside", "\x1b[2;3r\x1b[?6h\x1b[9d", "", "3,1"},
      {"subparameters are for SGR only", "\x1b[3;4H\x1b[2:3Hx", "||   x", "3,5"},
      {"also an empty one", "\x1b[3;4H\x1b[2:H", "", "3,4"},
      {"also behind another parameter", "\x1b[3;4H\x1b[2;3:1H", "", "3,4"},
      {"DECSTBM homes", "\x1b[3;4H\x1b[2;3r", "", "1,1"},
      {"DECSTBM homes to the origin", "\x1b[?6h\x1b[2;3r", "", "2,1"},
      {"DECSTBM of one row is passed over", "\x1b[3;4H\x1b[2;2r", "", "3,4"},
      {"DECSLRM homes", "\x1b[?69h\x1b[3;4H\x1b[2;5s", "", "1,1"},
      {"DECSLRM of one column is passed over", "\x1b[?69h\x1b[3;4H\x1b[2;2s", "", "3,4"},
      {"DECOM homes", "\x1b[2;3r\x1b[4;4H\x1b[?6h", "", "2,1"},
      {"DECOM reset homes", "\x1b[2;3r\x1b[?6h\x1b[2;4H\x1b[?6l", "", "1,1"},
  });
}

// 20 columns: stops at 1, 9 and 17.
TEST(TerminalCursor, Tabs) {
  check(
      {
          {"HT", "\t", "", "1,9"},
          {"HT from a stop", "\x1b[9G\t", "", "1,17"},
          {"HT without a stop goes to the border", "\x1b[17G\t", "", "1,20"},
          {"HT keeps a pending wrap", "01234567890123456789\tX", "01234567890123456789|X", "2,2"},
          {"HT stops at the right margin", "\x1b[?69h\x1b[2;6s\x1b[1;3H\t", "", "1,6"},
          {"HT right of the margin", "\x1b[?69h\x1b[2;6s\x1b[1;7H\t", "", "1,9"},
          {"CHT", "\x1b[2I", "", "1,17"},
          {"CHT 0 is 1", "\x1b[0I", "", "1,9"},
          {"CHT huge", "\x1b[65535I", "", "1,20"},
          {"CBT", "\x1b[18G\x1b[Z", "", "1,17"},
          {"CBT from a stop", "\x1b[17G\x1b[Z", "", "1,9"},
          {"CBT 2", "\x1b[18G\x1b[2Z", "", "1,9"},
          {"CBT huge", "\x1b[18G\x1b[65535Z", "", "1,1"},
          {"CBT passes the left margin", "\x1b[?69h\x1b[5;18s\x1b[1;7H\x1b[Z", "", "1,1"},
          {"CBT in origin mode stays inside", "\x1b[?69h\x1b[5;18s\x1b[?6h\x1b[1;3H\x1b[Z", "", "1,5"},
          {"HTS", "\x1b[4G\x1bH\r\t", "", "1,4"},
          {"TBC 0", "\x1b[9G\x1b[g\r\t", "", "1,17"},
          {"TBC 0 where there is none", "\x1b[8G\x1b[0g\r\t", "", "1,9"},
          {"TBC 3", "\x1b[3g\t", "", "1,20"},
          {"TBC 2 is nothing here", "\x1b[2g\t", "", "1,9"},
          {"CBT without stops", "\x1b[3g\x1b[15G\x1b[Z", "", "1,1"},
          {"DECST8C", "\x1b[3g\x1b[5G\x1bH\r\x1b[?5W\t", "", "1,9"},
          {"DECST8C to the border", "\x1b[3g\x1b[?5W\x1b[3I", "", "1,20"},
          {"CSI ? W with another number", "\x1b[3g\x1b[?4W\t", "", "1,20"},
          {"mode 41, a tab goes to the next row", "\x1b[?41h01234567890123456789\tX", "01234567890123456789|        X",
           "2,10"},
          {"mode 41, no wrap is pending", "\x1b[?41h0123456789012345678\t\tX", "0123456789012345678X", "1,20+"},
          {"mode 41 without autowrap", "\x1b[?41h\x1b[?7l01234567890123456789\tX", "0123456789012345678X", "1,20+"},
          {"mode 41 is off again", "\x1b[?41h\x1b[?41l01234567890123456789\tX", "01234567890123456789|X", "2,2"},
      },
      2, 20);
}

TEST(TerminalCursor, ReverseWrap) {
  check({
      {"off at first", "0123456789ab\b\b\b\b", "0123456789|ab", "2,1"},
      {"BS within a wrapped line", "\x1b[?45h0123456789ab\b\b\b\b", "0123456789|ab", "1,9"},
      {"CUB within a wrapped line", "\x1b[?45h0123456789ab\x1b[4D", "0123456789|ab", "1,9"},
      {"stops where the line begins", "\x1b[?45hx\r\n0123456789ab\x1b[99D", "x|0123456789|ab", "2,1"},
      {"needs autowrap", "\x1b[?45h0123456789ab\x1b[?7l\x1b[4D", "0123456789|ab", "2,1"},
      {"a pending wrap counts", "\x1b[?45h0123456789\b", "0123456789", "1,10"},
      {"extended passes line ends", "\x1b[?1045hx\r\n\b", "x", "1,10"},
      {"extended goes from the top to the bottom", "\x1b[?1045h\b", "", "4,10"},
      {"extended stays within margins", "\x1b[?1045h\x1b[2;3r\x1b[2;1H\b", "", "3,10"},
      {"extended goes to the right margin", "\x1b[?1045h\x1b[?69h\x1b[3;6s\x1b[2;3H\b", "", "1,6"},
      {"extended huge", "\x1b[?1045h\x1b[65535D", "", "1,1"},
  });
}

TEST(TerminalCursor, SavesAndRestores) {
  check({
      {"DECSC and DECRC",
       "\x1b[3;4H\x1b"
       "7\x1b[H\x1b"
       "8",
       "", "3,4"},
      {"SCOSC and SCORC", "\x1b[3;4H\x1b[s\x1b[H\x1b[u", "", "3,4"},
      {"1048", "\x1b[3;4H\x1b[?1048h\x1b[H\x1b[?1048l", "", "3,4"},
      {"DECRC twice",
       "\x1b[3;4H\x1b"
       "7\x1b[H\x1b"
       "8\x1b[H\x1b"
       "8",
       "", "3,4"},
      {"DECRC without DECSC homes",
       "\x1b[3;4H\x1b"
       "8",
       "", "1,1"},
      {"the pending wrap comes back",
       "0123456789\x1b"
       "7\x1b[H\x1b"
       "8X",
       "0123456789|X", "2,2"},
      {"no pending wrap comes back",
       "\x1b[1;10H\x1b"
       "7\x1b[H0123456789\x1b"
       "8X",
       "012345678X", "1,10+"},
      {"origin mode comes back",
       "\x1b[2;3r\x1b[?6h\x1b"
       "7\x1b[?6l\x1b"
       "8\x1b[H",
       "", "2,1"},
      {"origin mode goes back",
       "\x1b"
       "7\x1b[2;3r\x1b[?6h\x1b"
       "8\x1b[H",
       "", "1,1"},
      {"a position outside the margins is moved inside",
       "\x1b[?6h\x1b[4;4H\x1b"
       "7\x1b[2;3r\x1b"
       "8",
       "", "3,4"},
      {"the character set comes back",
       "\x1b(0\x1b"
       "7\x1b(Bq\x1b"
       "8q",
       "\xe2\x94\x80", "1,2"},
      {"the shift comes back",
       "\x1b)0\x0e\x1b"
       "7\x0f\x1b"
       "8q",
       "\xe2\x94\x80", "1,2"},
  });
}

TEST(TerminalCursor, SavesThePen) {
  Terminal terminal(size_of(4, 10));
  terminal.feed(
      "\x1b[1;31m\x1b[1\"q\x1b"
      "7\x1b[0m\x1b[0\"q\x1b"
      "8");
  EXPECT_TRUE(terminal.state().pen.style.has(Style::kBold));
  EXPECT_EQ(terminal.state().pen.style.foreground, Color::indexed(1));
  EXPECT_TRUE(terminal.state().pen.is_protected);
  EXPECT_EQ(terminal.styles()[terminal.state().pen.style_id], terminal.state().pen.style);
}

TEST(TerminalCursor, EachScreenHasItsOwnSavedCursor) {
  check({
      {"primary",
       "\x1b[2;2H\x1b"
       "7\x1b[?47h\x1b[3;3H\x1b"
       "7\x1b[?47l\x1b"
       "8",
       "", "2,2"},
      {"alternate",
       "\x1b[?47h\x1b[3;3H\x1b"
       "7\x1b[?47l\x1b[2;2H\x1b"
       "7\x1b[?47h\x1b"
       "8",
       "", "3,3"},
  });
}

}  // namespace
}  // namespace ptyd::screen
