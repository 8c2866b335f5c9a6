// Erasing, inserting, deleting, scrolling, rectangles. Expected by ECMA-48, DEC STD 070 and xterm's control sequences.
#include "tests/unit/screen/terminal_support.hpp"

namespace ptyd::screen {
namespace {

#define WIDE "\xe6\x97\xa5"
// Four rows of ten.
#define FULL "0123456789\r\nabcdefghij\r\nABCDEFGHIJ\r\nklmnopqrst"
// Columns 3 to 6, rows 2 and 3.
#define MARGINS "\x1b[?69h\x1b[3;6s\x1b[2;3r"

TEST(TerminalEdit, ErasesInDisplay) {
  check({
      {"ED", FULL "\x1b[2;4H\x1b[J", "0123456789|abc", "2,4"},
      {"ED 0", FULL "\x1b[2;4H\x1b[0J", "0123456789|abc", "2,4"},
      {"ED 0 at the end", FULL "\x1b[4;10H\x1b[J", "0123456789|abcdefghij|ABCDEFGHIJ|klmnopqrs", "4,10"},
      {"ED 0 at home", FULL "\x1b[H\x1b[J", "", "1,1"},
      {"ED 1", FULL "\x1b[2;4H\x1b[1J", "|    efghij|ABCDEFGHIJ|klmnopqrst", "2,4"},
      {"ED 1 at home", FULL "\x1b[H\x1b[1J", " 123456789|abcdefghij|ABCDEFGHIJ|klmnopqrst", "1,1"},
      {"ED 2", FULL "\x1b[2;4H\x1b[2J", "", "2,4"},
      {"ED 3 leaves the screen", FULL "\x1b[2;4H\x1b[3J", "0123456789|abcdefghij|ABCDEFGHIJ|klmnopqrst", "2,4"},
      {"ED 4 is nothing", FULL "\x1b[4J", "0123456789|abcdefghij|ABCDEFGHIJ|klmnopqrst", "4,10+"},
      {"margins do not matter", FULL MARGINS "\x1b[2;4H\x1b[J", "0123456789|abc", "2,4"},
  });
}

TEST(TerminalEdit, ErasesInLine) {
  check({
      {"EL", FULL "\x1b[2;4H\x1b[K", "0123456789|abc|ABCDEFGHIJ|klmnopqrst", "2,4"},
      {"EL 0 in the last column", FULL "\x1b[2;10H\x1b[0K", "0123456789|abcdefghi|ABCDEFGHIJ|klmnopqrst", "2,10"},
      {"EL 1", FULL "\x1b[2;4H\x1b[1K", "0123456789|    efghij|ABCDEFGHIJ|klmnopqrst", "2,4"},
      {"EL 1 in the first column", FULL "\x1b[2;1H\x1b[1K", "0123456789| bcdefghij|ABCDEFGHIJ|klmnopqrst", "2,1"},
      {"EL 2", FULL "\x1b[2;4H\x1b[2K", "0123456789||ABCDEFGHIJ|klmnopqrst", "2,4"},
      {"EL 3 is nothing", FULL "\x1b[2;4H\x1b[3K", "0123456789|abcdefghij|ABCDEFGHIJ|klmnopqrst", "2,4"},
      {"margins do not matter", FULL MARGINS "\x1b[2;4H\x1b[K", "0123456789|abc|ABCDEFGHIJ|klmnopqrst", "2,4"},
      {"ECH", "abcdef\x1b[1;3H\x1b[X", "ab def", "1,3"},
      {"ECH 0 is 1", "abcdef\x1b[1;3H\x1b[0X", "ab def", "1,3"},
      {"ECH 2", "abcdef\x1b[1;3H\x1b[2X", "ab  ef", "1,3"},
      {"ECH huge", "abcdef\x1b[1;3H\x1b[65535X", "ab", "1,3"},
      {"ECH passes the right margin", "0123456789" MARGINS "\x1b[1;5H\x1b[4X", "0123    89", "1,5"},
  });
}

TEST(TerminalEdit, ErasesInTheBackgroundOfThePen) {
  for (const std::string_view input :
       {"\x1b[2J", "\x1b[J", "\x1b[K", "\x1b[1K", "\x1b[2K", "\x1b[X", "\x1b[@", "\x1b[10P", "\x1b[L", "\x1b[4M",
        "\x1b[4S", "\x1b[T", "\x1b[?1049h", "\x1b[$z", "\x1b['}", "\x1bM", "\x1b[?J", "\x1b[?K"}) {
    SCOPED_TRACE(input);
    Terminal terminal(size_of(4, 10));
    terminal.feed("ab\r\ncd\x1b[H\x1b[1;4;31;44m");
    terminal.feed(input);
    const auto& style = terminal.styles()[terminal.active().cells(0)[0].style];
    EXPECT_EQ(style.background, Color::indexed(4));
    EXPECT_TRUE(style.foreground.is_default());
    EXPECT_EQ(style.attributes, 0);
    EXPECT_EQ(style.underline, Underline::none);
  }
}

TEST(TerminalEdit, ScrollsInTheBackgroundOfThePen) {
  Terminal terminal(size_of(2, 10));
  terminal.feed("a\r\nb\x1b[44m\n");
  EXPECT_EQ(terminal.styles()[terminal.active().cells(1)[9].style].background, Color::indexed(4));
  EXPECT_EQ(terminal.active().info(1).used, 10);
  terminal.feed("\x1b[0m\n");
  EXPECT_TRUE(terminal.active().cells(1)[0].blank());
}

TEST(TerminalEdit, SelectiveErase) {
  check({
      {"DECSEL", "a\x1b[1\"qb\x1b[0\"qc\r\x1b[?K", " b", "1,1"},
      {"DECSEL 1", "a\x1b[1\"qb\x1b[2\"qcd\x1b[1;3H\x1b[?1K", " b d", "1,3"},
      {"DECSEL 2", "a\x1b[1\"qb\x1b[\"qcd\x1b[1;3H\x1b[?2K", " b", "1,3"},
      {"DECSED", "a\x1b[1\"qb\x1b[0\"q\r\ncd\x1b[H\x1b[?J", " b", "1,1"},
      {"DECSED 1", "a\x1b[1\"qb\x1b[0\"q\r\ncd\x1b[2;1H\x1b[?1J", " b| d", "2,1"},
      {"DECSED 2", "a\x1b[1\"qb\x1b[0\"q\r\ncd\x1b[?2J", " b", "2,3"},
      {"EL erases protected characters", "a\x1b[1\"qb\x1b[0\"qc\r\x1b[K", "", "1,1"},
      {"ED erases protected characters", "a\x1b[1\"qb\x1b[0\"qc\r\x1b[J", "", "1,1"},
      {"ECH erases protected characters", "\x1b[1\"qab\r\x1b[X", " b", "1,1"},
      {"text goes over protected characters", "\x1b[1\"qab\r\x1b[0\"qX", "Xb", "1,2"},
      {"a protected wide character", "\x1b[1\"q" WIDE "\x1b[0\"qx\r\x1b[?K", WIDE, "1,1"},
      {"SGR 0 does not end it", "\x1b[1\"qa\x1b[0mb\r\x1b[?K", "ab", "1,1"},
  });
}

TEST(TerminalEdit, GuardedAreas) {
  check({
      {"EL spares them", "\x1bVab\x1bWcd\x1b[2K", "ab", "1,5"},
      {"EL 0", "a\x1bVb\x1bWcd\r\x1b[K", " b", "1,1"},
      {"EL 1", "ab\x1bVc\x1bWd\x1b[1K", "  c", "1,5"},
      {"ED spares them", "\x1bVab\x1bWcd\r\nef\x1b[2J", "ab", "2,3"},
      {"ED 0", "a\x1bVb\x1bWc\r\ndef\x1b[H\x1b[J", " b", "1,1"},
      {"ED 1", "a\x1bVb\x1bWc\r\ndef\x1b[1J", " b", "2,4"},
      {"ECH spares them", "a\x1bVb\x1bWcd\r\x1b[3X", " b d", "1,1"},
      {"while SPA is in force", "\x1bVab\x1b[2K", "ab", "1,3"},
      {"DECSEL, too", "\x1bVab\x1bWcd\x1b[?2K", "ab", "1,5"},
      {"EPA alone guards nothing", "\x1b[1\"qab\x1bW\x1b[2K", "", "1,3"},
      {"DECSCA ends it", "\x1bVab\x1bWcd\x1b[0\"q\x1b[2K", "", "1,5"},
      {"SPA after DECSCA", "\x1b[1\"qab\x1b[0\"q\x1bV\x1b[2K", "ab", "1,3"},
      {"DECSTR ends it", "\x1bVab\x1b[!pcd\x1b[2K", "", "1,5"},
      {"RIS ends it",
       "\x1bV\x1b"
       "cab\x1b[2K",
       "", "1,3"},
      {"text goes over them", "\x1bVab\r\x1bWX", "Xb", "1,2"},
      {"scrolling takes them along", "\x1bVab\x1bW\x1b[S\x1b[2J", "", "1,3"},
  });
}

TEST(TerminalEdit, InsertsAndDeletesCharacters) {
  check({
      {"ICH", "abcdef\x1b[1;3H\x1b[@", "ab cdef", "1,3"},
      {"ICH 0 is 1", "abcdef\x1b[1;3H\x1b[0@", "ab cdef", "1,3"},
      {"ICH 3", "abcdef\x1b[1;3H\x1b[3@", "ab   cdef", "1,3"},
      {"ICH pushes out", "0123456789\x1b[1;3H\x1b[2@", "01  234567", "1,3"},
      {"ICH huge", "0123456789\x1b[1;3H\x1b[65535@", "01", "1,3"},
      {"ICH in the last column", "0123456789\x1b[1;10H\x1b[@", "012345678", "1,10"},
      {"ICH within margins", "0123456789" MARGINS "\x1b[1;4H\x1b[@", "012 346789", "1,4"},
      {"ICH beside the margins", "0123456789" MARGINS "\x1b[1;2H\x1b[@", "0123456789", "1,2"},
      {"DCH", "abcdef\x1b[1;3H\x1b[P", "abdef", "1,3"},
      {"DCH 0 is 1", "abcdef\x1b[1;3H\x1b[0P", "abdef", "1,3"},
      {"DCH 3", "abcdef\x1b[1;3H\x1b[3P", "abf", "1,3"},
      {"DCH huge", "abcdef\x1b[1;3H\x1b[65535P", "ab", "1,3"},
      {"DCH within margins", "0123456789" MARGINS "\x1b[1;4H\x1b[P", "01245 6789", "1,4"},
      {"DCH beside the margins", "0123456789" MARGINS "\x1b[1;8H\x1b[P", "0123456789", "1,8"},
      {"DECIC", FULL "\x1b[2;3H\x1b['}", "01 2345678|ab cdefghi|AB CDEFGHI|kl mnopqrs", "2,3"},
      {"DECIC 2 within margins", FULL MARGINS "\x1b[2;4H\x1b[2'}", "0123456789|abc  dghij|ABC  DGHIJ|klmnopqrst",
       "2,4"},
      {"DECIC outside the margins", FULL MARGINS "\x1b[1;4H\x1b['}", "0123456789|abcdefghij|ABCDEFGHIJ|klmnopqrst",
       "1,4"},
      {"DECDC", FULL "\x1b[2;3H\x1b['~", "013456789|abdefghij|ABDEFGHIJ|klnopqrst", "2,3"},
      {"DECDC 2 within margins", FULL MARGINS "\x1b[2;4H\x1b[2'~", "0123456789|abcf  ghij|ABCF  GHIJ|klmnopqrst",
       "2,4"},
      {"DECDC huge", FULL "\x1b[2;3H\x1b[65535'~", "01|ab|AB|kl", "2,3"},
      {"SL", FULL "\x1b[2;3H\x1b[ @", "123456789|bcdefghij|BCDEFGHIJ|lmnopqrst", "2,3"},
      {"SL 0 is 1", "ab\x1b[0 @", "b", "1,3"},
      {"SL 2 within margins", FULL MARGINS "\x1b[2;4H\x1b[2 @", "0123456789|abef  ghij|ABEF  GHIJ|klmnopqrst", "2,4"},
      {"SL outside the margins", FULL MARGINS "\x1b[2;8H\x1b[ @", "0123456789|abcdefghij|ABCDEFGHIJ|klmnopqrst", "2,8"},
      {"SL huge", FULL "\x1b[2;3H\x1b[65535 @", "", "2,3"},
      {"SL halves a wide character", WIDE "b\x1b[ @", " b", "1,4"},
      {"SR", FULL "\x1b[2;3H\x1b[ A", " 012345678| abcdefghi| ABCDEFGHI| klmnopqrs", "2,3"},
      {"SR 2 within margins", FULL MARGINS "\x1b[2;4H\x1b[2 A", "0123456789|ab  cdghij|AB  CDGHIJ|klmnopqrst", "2,4"},
      {"SR outside the margins", FULL MARGINS "\x1b[1;4H\x1b[ A", "0123456789|abcdefghij|ABCDEFGHIJ|klmnopqrst", "1,4"},
      {"SR huge", FULL "\x1b[2;3H\x1b[65535 A", "", "2,3"},
      {"DECBI moves",
       FULL "\x1b[2;3H\x1b"
            "6",
       "0123456789|abcdefghij|ABCDEFGHIJ|klmnopqrst", "2,2"},
      {"DECBI at the border",
       FULL "\x1b[2;1H\x1b"
            "6",
       " 012345678| abcdefghi| ABCDEFGHI| klmnopqrs", "2,1"},
      {"DECBI at the left margin",
       FULL MARGINS "\x1b[2;3H\x1b"
                    "6",
       "0123456789|ab cdeghij|AB CDEGHIJ|klmnopqrst", "2,3"},
      {"DECFI moves",
       FULL "\x1b[2;3H\x1b"
            "9",
       "0123456789|abcdefghij|ABCDEFGHIJ|klmnopqrst", "2,4"},
      {"DECFI at the border",
       FULL "\x1b[2;10H\x1b"
            "9",
       "123456789|bcdefghij|BCDEFGHIJ|lmnopqrst", "2,10"},
      {"DECFI at the right margin",
       FULL MARGINS "\x1b[2;6H\x1b"
                    "9",
       "0123456789|abdef ghij|ABDEF GHIJ|klmnopqrst", "2,6"},
      {"DECFI in the margin outside the rows",
       FULL MARGINS "\x1b[1;6H\x1b"
                    "9",
       "0123456789|abcdefghij|ABCDEFGHIJ|klmnopqrst", "1,6"},
  });
}

TEST(TerminalEdit, InsertsAndDeletesLines) {
  check({
      {"IL", FULL "\x1b[2;3H\x1b[L", "0123456789||abcdefghij|ABCDEFGHIJ", "2,1"},
      {"IL 0 is 1", FULL "\x1b[2;3H\x1b[0L", "0123456789||abcdefghij|ABCDEFGHIJ", "2,1"},
      {"IL 2", FULL "\x1b[2;3H\x1b[2L", "0123456789|||abcdefghij", "2,1"},
      {"IL huge", FULL "\x1b[2;3H\x1b[65535L", "0123456789", "2,1"},
      {"IL within the region", FULL "\x1b[2;3r\x1b[2;3H\x1b[L", "0123456789||abcdefghij|klmnopqrst", "2,1"},
      {"IL outside the region", FULL "\x1b[2;3r\x1b[1;3H\x1b[L", "0123456789|abcdefghij|ABCDEFGHIJ|klmnopqrst", "1,3"},
      {"IL within margins", FULL MARGINS "\x1b[2;4H\x1b[L", "0123456789|ab    ghij|ABcdefGHIJ|klmnopqrst", "2,3"},
      {"IL beside the margins", FULL MARGINS "\x1b[2;1H\x1b[L", "0123456789|abcdefghij|ABCDEFGHIJ|klmnopqrst", "2,1"},
      {"DL", FULL "\x1b[2;3H\x1b[M", "0123456789|ABCDEFGHIJ|klmnopqrst", "2,1"},
      {"DL 0 is 1", FULL "\x1b[2;3H\x1b[0M", "0123456789|ABCDEFGHIJ|klmnopqrst", "2,1"},
      {"DL 2", FULL "\x1b[2;3H\x1b[2M", "0123456789|klmnopqrst", "2,1"},
      {"DL huge", FULL "\x1b[2;3H\x1b[65535M", "0123456789", "2,1"},
      {"DL within the region", FULL "\x1b[2;3r\x1b[2;3H\x1b[M", "0123456789|ABCDEFGHIJ||klmnopqrst", "2,1"},
      {"DL outside the region", FULL "\x1b[2;3r\x1b[4;3H\x1b[M", "0123456789|abcdefghij|ABCDEFGHIJ|klmnopqrst", "4,3"},
      {"DL within margins", FULL MARGINS "\x1b[2;4H\x1b[M", "0123456789|abCDEFghij|AB    GHIJ|klmnopqrst", "2,3"},
      {"DL beside the margins", FULL MARGINS "\x1b[2;7H\x1b[M", "0123456789|abcdefghij|ABCDEFGHIJ|klmnopqrst", "2,7"},
      {"wide characters at the margin are cut", "\x1b[1;2H" WIDE "x\r\n" MARGINS "\x1b[1;4r\x1b[1;4H\x1b[L", "|   x",
       "1,3"},
  });
}

TEST(TerminalEdit, Scrolls) {
  check({
      {"SU", FULL "\x1b[2;3H\x1b[S", "abcdefghij|ABCDEFGHIJ|klmnopqrst", "2,3"},
      {"SU 0 is 1", FULL "\x1b[2;3H\x1b[0S", "abcdefghij|ABCDEFGHIJ|klmnopqrst", "2,3"},
      {"SU huge", FULL "\x1b[2;3H\x1b[65535S", "", "2,3"},
      {"SU in the region, the cursor outside", FULL "\x1b[2;3r\x1b[4;3H\x1b[S", "0123456789|ABCDEFGHIJ||klmnopqrst",
       "4,3"},
      {"SU within margins", FULL MARGINS "\x1b[S", "0123456789|abCDEFghij|AB    GHIJ|klmnopqrst", "1,1"},
      {"SD", FULL "\x1b[2;3H\x1b[T", "|0123456789|abcdefghij|ABCDEFGHIJ", "2,3"},
      {"SD 0 is 1", FULL "\x1b[2;3H\x1b[0T", "|0123456789|abcdefghij|ABCDEFGHIJ", "2,3"},
      {"SD huge", FULL "\x1b[2;3H\x1b[65535T", "", "2,3"},
      {"SD as ECMA-48 has it", FULL "\x1b[2;3H\x1b[^", "|0123456789|abcdefghij|ABCDEFGHIJ", "2,3"},
      {"SD in the region", FULL "\x1b[2;3r\x1b[T", "0123456789||abcdefghij|klmnopqrst", "1,1"},
      {"SD within margins", FULL MARGINS "\x1b[T", "0123456789|ab    ghij|ABcdefGHIJ|klmnopqrst", "1,1"},
      {"mouse tracking is not SD", FULL "\x1b[1;2;3;4;5T", "0123456789|abcdefghij|ABCDEFGHIJ|klmnopqrst", "4,10+"},
  });
}

TEST(TerminalEdit, Margins) {
  check({
      {"DECSTBM without parameters", FULL "\x1b[2;3r\x1b[r\x1b[4;1H\n", "abcdefghij|ABCDEFGHIJ|klmnopqrst", "4,1"},
      {"DECSTBM with only a top", FULL "\x1b[3r\x1b[4;1H\n", "0123456789|abcdefghij|klmnopqrst", "4,1"},
      {"DECSTBM with a bottom outside", FULL "\x1b[3;99r\x1b[4;1H\n", "0123456789|abcdefghij|klmnopqrst", "4,1"},
      {"DECSTBM with a bottom of 0", FULL "\x1b[3;0r\x1b[4;1H\n", "0123456789|abcdefghij|klmnopqrst", "4,1"},
      {"DECSTBM with a top outside", FULL "\x1b[2;3r\x1b[9;10r\x1b[3;1H\n", "0123456789|ABCDEFGHIJ||klmnopqrst", "3,1"},
      {"DECSLRM without DECLRMM saves the cursor", "\x1b[2;3H\x1b[3;6s\x1b[H\x1b[u", "", "2,3"},
      {"DECLRMM off gives the columns back", "\x1b[?69h\x1b[3;6s\x1b[?69l\x1b[1;5Habcd", "    abcd", "1,9"},
      {"DECSLRM without parameters", "\x1b[?69h\x1b[3;6s\x1b[s\x1b[1;5Habcd", "    abcd", "1,9"},
      {"DECSLRM with only a left", "\x1b[?69h\x1b[3s\x1b[1;5H\r", "", "1,3"},
  });
}

TEST(TerminalEdit, AlignmentPattern) {
  check({{"DECALN", FULL "\x1b[2;3r\x1b[?6h\x1b#8", "EEEEEEEEEE|EEEEEEEEEE|EEEEEEEEEE|EEEEEEEEEE", "1,1"},
         {"it gives the margins back", "\x1b[2;3r\x1b#8\x1b[4;1H\n", "EEEEEEEEEE|EEEEEEEEEE|EEEEEEEEEE", "4,1"}});
  Terminal terminal(size_of(2, 4));
  terminal.feed("\x1b[31m\x1b#8");
  EXPECT_EQ(terminal.primary().cells(0)[0].style, 0);
}

TEST(TerminalEdit, Rectangles) {
  check({
      {"DECFRA", "\x1b[35;2;3;3;5$x", "|  ###|  ###", "1,1"},
      {"DECFRA of all", "\x1b[42$x", "**********|**********|**********|**********", "1,1"},
      {"DECFRA outside is cut", "\x1b[42;4;9;99;99$x", "|||        **", "1,1"},
      {"DECFRA in the wrong order", "\x1b[42;3;3;2;2$x", "", "1,1"},
      {"DECFRA with a control", "\x1b[7;1;1;2;2$x", "", "1,1"},
      {"DECFRA in origin mode", "\x1b[2;3r\x1b[?6h\x1b[42;1;1;9;2$x", "|**|**", "2,1"},
      {"DECERA", FULL "\x1b[2;3;3;5$z", "0123456789|ab   fghij|AB   FGHIJ|klmnopqrst", "4,10+"},
      {"DECERA through wide characters", WIDE WIDE "\x1b[1;2;1;3$z", "", "1,5"},
      {"DECSERA", "a\x1b[1\"qb\x1b[0\"qc\x1b[1;1;1;3${", " b", "1,4"},
      {"DECSERA erases what SPA guards", "a\x1bVb\x1bWc\x1b[1;1;1;3${", "", "1,4"},
      {"DECCRA", FULL "\x1b[1;1;2;3;1;3;4;1$v", "0123456789|abcdefghij|ABC012GHIJ|klmabcqrst", "4,10+"},
      {"DECCRA over itself", FULL "\x1b[1;1;1;9;1;1;2;1$v", "0012345678|abcdefghij|ABCDEFGHIJ|klmnopqrst", "4,10+"},
      {"DECCRA is cut at the border", FULL "\x1b[1;1;2;3;1;4;9;1$v", "0123456789|abcdefghij|ABCDEFGHIJ|klmnopqr01",
       "4,10+"},
      {"DECCRA does not copy halves", "\x1b[1;2H" WIDE "\x1b[1;3;1;4;1;2;1;1$v", " " WIDE, "1,4"},
  });
}

}  // namespace
}  // namespace ptyd::screen
