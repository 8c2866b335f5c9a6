// Scrollback, sizes, generations, hashes, pieces.
#include <random>

#include "tests/unit/screen/terminal_support.hpp"

namespace ptyd::screen {
namespace {

#define WIDE "\xe6\x97\xa5"

struct KeptCase {
  std::string_view name;
  std::string_view input;  // after rows 1 to 4, the cursor behind the 4
  std::string_view kept;
};

TEST(TerminalScreen, WhatLeavesTheTopIsKept) {
  for (const auto& [name, input, kept] : std::vector<KeptCase>{
           {"LF", "\n", "1"},
           {"IND",
            "\x1b"
            "D",
            "1"},
           {"NEL",
            "\x1b"
            "E",
            "1"},
           {"wrapping", "56789012345", "1"},
           {"SU", "\x1b[2S", "1|2"},
           {"SU huge", "\x1b[65535S", "1|2|3|4"},
           {"a region at the top", "\x1b[1;2r\x1b[2;1H\n", "1"},
           {"a region below the top", "\x1b[2;4r\x1b[4;1H\n", ""},
           {"left and right margins", "\x1b[?69h\x1b[1;5s\x1b[4;1H\n", ""},
           {"left and right margins off again", "\x1b[?69h\x1b[1;5s\x1b[?69l\x1b[4;1H\n", "1"},
           {"DL", "\x1b[H\x1b[M", ""},
           {"ED 2", "\x1b[2J", ""},
           {"RI", "\x1b[H\x1bM", ""},
           {"SD", "\x1b[T", ""},
           {"the alternate screen", "\x1b[?1049h\n\n\n\n\n", ""},
           {"ED 3", "\n\n\x1b[3J", ""},
           {"ED 3 and more", "\n\x1b[3J\n", "2"},
           {"ED 3 on the alternate screen", "\n\x1b[?1049h\x1b[3J\x1b[?1049l", ""},
           {"RIS",
            "\n\x1b"
            "c",
            ""},
       }) {
    SCOPED_TRACE(name);
    Terminal terminal(size_of(4, 10));
    terminal.feed("1\r\n2\r\n3\r\n4");
    terminal.feed(input);
    EXPECT_EQ(scrollback_text(terminal), kept);
  }
}

TEST(TerminalScreen, KeepsWrappedRowsAsOneLine) {
  Terminal terminal(size_of(2, 10));
  terminal.feed("0123456789abc\r\nx\r\ny");
  EXPECT_EQ(scrollback_text(terminal), "0123456789abc");
}

TEST(TerminalScreen, ALineThatIsErasedIsNotContinued) {
  Terminal terminal(size_of(2, 10));
  terminal.feed("0123456789abcdefghijA\x1b[2J\x1b[Hx\r\ny\r\nz");
  EXPECT_EQ(scrollback_text(terminal), "0123456789|x");
}

TEST(TerminalScreen, SizesAreKeptWithinLimits) {
  Terminal tiny(size_of(0, -5));
  EXPECT_EQ(tiny.rows(), 1);
  EXPECT_EQ(tiny.columns(), 1);
  tiny.feed("abc" WIDE
            "\x1b[5;5H\x1b[2;3r\x1b[L\x1b[M\x1b[P\x1b[@\t\x1b[Z\x1bM\n\x1b#8\x1b"
            "6\x1b"
            "9\x1b[3b");
  EXPECT_EQ(screen_text(tiny), "");
  Terminal terminal(size_of(4, 10));
  terminal.resize(100'000, 2);
  EXPECT_EQ(terminal.rows(), Grid::kMaxRows);
  terminal.resize(2, 100'000);
  EXPECT_EQ(terminal.columns(), Grid::kMaxColumns);
  terminal.resize(0, 0);
  EXPECT_EQ(terminal.rows(), 1);
  EXPECT_EQ(terminal.columns(), 1);
}

TEST(TerminalScreen, ResizingLaysThePrimaryScreenOutAnew) {
  Terminal terminal(size_of(4, 10));
  terminal.feed("0123456789ab");
  terminal.resize(4, 5);
  EXPECT_EQ(screen_text(terminal), "01234|56789|ab");
  EXPECT_EQ(cursor_text(terminal), "3,3");
  terminal.resize(4, 20);
  EXPECT_EQ(screen_text(terminal), "0123456789ab");
  EXPECT_EQ(cursor_text(terminal), "1,13");
}

TEST(TerminalScreen, ResizingCutsTheAlternateScreen) {
  Terminal terminal(size_of(4, 10));
  terminal.feed("primary\x1b[?1049h\x1b[H0123456789ab");
  terminal.resize(4, 5);
  EXPECT_EQ(screen_text(terminal), "01234|ab");
  terminal.feed("\x1b[?1049l");
  EXPECT_EQ(screen_text(terminal), "prima|ry");
  EXPECT_EQ(cursor_text(terminal), "2,3");
}

TEST(TerminalScreen, ResizingMovesPositionsAlong) {
  Terminal terminal(size_of(4, 10));
  terminal.feed(
      "0123456789ab\x1b[1;8H\x1b"
      "7\x1b[2;3H");
  terminal.resize(4, 5);
  EXPECT_EQ(cursor_text(terminal), "3,3");
  terminal.feed(
      "\x1b"
      "8");
  EXPECT_EQ(cursor_text(terminal), "2,3");
}

TEST(TerminalScreen, ResizingWithAPendingWrap) {
  Terminal terminal(size_of(4, 10));
  terminal.feed("0123456789");
  terminal.resize(4, 12);
  EXPECT_EQ(cursor_text(terminal), "1,11");
  terminal.feed("X");
  EXPECT_EQ(screen_text(terminal), "0123456789X");
  Terminal narrower(size_of(4, 10));
  narrower.feed("0123456789");
  narrower.resize(4, 5);
  narrower.feed("X");
  EXPECT_EQ(screen_text(narrower), "01234|56789|X");
}

TEST(TerminalScreen, ResizingGivesTheMarginsBackAndKeepsTabs) {
  Terminal terminal(size_of(4, 20));
  terminal.feed("\x1b[?69h\x1b[2;3r\x1b[3;6s\x1b[4G\x1bH\x1b[9G\x1b[g");
  terminal.resize(6, 30);
  EXPECT_EQ(terminal.state().margins, (Margins{0, 5, 0, 29}));
  std::vector<bool> tabs(30);
  for (const std::size_t column : {0U, 3U, 16U, 24U}) tabs[column] = true;
  EXPECT_EQ(terminal.state().tabs, tabs);
}

TEST(TerminalScreen, ResizingHigherBringsLinesBack) {
  Terminal terminal(size_of(2, 10));
  terminal.feed("1\r\n2\r\n3\r\n4");
  terminal.resize(4, 10);
  EXPECT_EQ(screen_text(terminal), "1|2|3|4");
  EXPECT_EQ(cursor_text(terminal), "4,2");
  EXPECT_EQ(scrollback_text(terminal), "");
}

TEST(TerminalScreen, ResizingAmidASequence) {
  Terminal terminal(size_of(4, 10));
  terminal.feed("ab\x1b[2;");
  terminal.resize(4, 12);
  terminal.feed("3Hx");
  EXPECT_EQ(screen_text(terminal), "ab|  x");
}

TEST(TerminalScreen, GenerationsCountWhatChanges) {
  Terminal terminal(size_of(4, 10));
  const auto start = terminal.generation();
  terminal.feed("");
  EXPECT_EQ(terminal.generation(), start);
  terminal.feed("\a\x1b[c\x1b[6n\x1b]10;?\a");
  EXPECT_EQ(terminal.generation(), start);
  terminal.feed("ab\r\ncd");
  EXPECT_EQ(terminal.generation(), start + 1);
  EXPECT_EQ(terminal.primary().info(0).generation, start + 1);
  EXPECT_EQ(terminal.primary().info(1).generation, start + 1);
  terminal.feed("e");
  EXPECT_EQ(terminal.generation(), start + 2);
  EXPECT_EQ(terminal.primary().info(0).generation, start + 1);
  EXPECT_EQ(terminal.primary().info(1).generation, start + 2);
  terminal.resize(4, 10);
  EXPECT_EQ(terminal.generation(), start + 2);
  terminal.resize(4, 11);
  EXPECT_EQ(terminal.generation(), start + 3);
  for (int row = 0; row < 4; ++row) EXPECT_EQ(terminal.primary().info(row).generation, start + 3);
  terminal.feed("\x1b[?1049h");
  for (int row = 0; row < 4; ++row) EXPECT_EQ(terminal.active().info(row).generation, start + 4);
  terminal.feed("\x1b[?1049l");
  for (int row = 0; row < 4; ++row) EXPECT_EQ(terminal.active().info(row).generation, start + 5);
}

TEST(TerminalScreen, EveryChangeOfARowIsMarked) {
  for (const std::string_view input : {"x",
                                       "\xc3\xa9",
                                       WIDE,
                                       "\x1b[X",
                                       "\x1b[K",
                                       "\x1b[1K",
                                       "\x1b[J",
                                       "\x1b[1J",
                                       "\x1b[2J",
                                       "\x1b[@",
                                       "\x1b[P",
                                       "\x1b[L",
                                       "\x1b[M",
                                       "\x1b[S",
                                       "\x1b[T",
                                       "\x1b['}",
                                       "\x1b['~",
                                       "\x1b[?K",
                                       "\x1b[42;2;1;2;2$x",
                                       "\x1b[2;1;2;2$z",
                                       "\x1b[1;1;1;2;1;2;1;1$v",
                                       "\x1b#8",
                                       "\x1b"
                                       "c",
                                       "\x1b]133;A\a",
                                       "\x1b[C\xcc\x81",
                                       "\x1b[Cb\x1b[b"}) {
    SCOPED_TRACE(input);
    Terminal terminal(size_of(3, 10));
    terminal.feed("abc\r\nabc\r\nabc\x1b[2;1H");
    const auto before = terminal.primary().info(1).generation;
    terminal.feed(input);
    EXPECT_GT(terminal.primary().info(1).generation, before);
    EXPECT_EQ(terminal.primary().info(1).generation, terminal.generation());
  }
}

TEST(TerminalScreen, TheHashIsOfWhatIsSeen) {
  const auto hash = [](std::string_view input) {
    Terminal terminal(size_of(3, 10));
    terminal.feed(input);
    return terminal.hash();
  };
  const auto base = hash("ab\r\ncd");
  for (const std::string_view input :
       {"ab\r\nce", "ab\r\n cd", "ab\r\n\r\ncd", "ab\r\ncd\x1b[A", "ab\r\ncd\x1b[D", "ab\r\ncd\x1b[?25l",
        "ab\r\ncd\x1b[?5h", "ab\r\nc\x1b[1md", "ab\r\nc\x1b[31md", "ab\r\nc\x1b[41md", "ab\r\nc\x1b[4md",
        "ab\r\nc\x1b]8;;http://x\ad", "ab\r\nc\x1b[4:3md", "ab\r\nc\x1b[4;58;5;1md", "ab\r\ncd\xcc\x81",
        "ab\r\n" WIDE "\x1b[2;3H"})
    EXPECT_NE(hash(input), base) << input;
  for (const std::string_view input : {"ab  \r\ncd", "ab\x1b[1m\r\n\x1b[0mcd\x1b[1m", "\x1b[2;1Hcd\x1b[Hab\x1b[2;3H",
                                       "xx\r\x1b[Kab\r\ncd", "\x1b[?1049hab\x1b[2;1Hcd", "\x1b]2;title\aab\r\ncd",
                                       "\x1b[38;5;99mxy\x1b[2J\x1b[H\x1b[mab\r\ncd", "\x1b[?1049h\x1b[Hab\r\ncd"})
    EXPECT_EQ(hash(input), base) << input;
  EXPECT_NE(hash("\x1b[31ma\x1b[32mb"), hash("\x1b[32ma\x1b[31mb"));
}

TEST(TerminalScreen, TheHashIsTheSameInEveryProgram) {
  Terminal terminal(size_of(3, 10));
  EXPECT_EQ(terminal.hash(), 99893998995839737U);
  terminal.feed("ab\x1b[1;31mc\xcc\x81\x1b]8;;http://x/\ad");
  EXPECT_EQ(terminal.hash(), 14333163637855909525U);
}

TEST(TerminalScreen, PiecesMayBeCutAnywhere) {
  const std::string input =
      "\x1b[2;3H\x1b[1;38:2::1:2:3mabc" WIDE
      "e\xcc\x81\x1b]8;id=a;http://x/\aL\x1b]8;;\a\x1b(0lqk\x1b(B\x1b]2;t\x1b\\"
      "\x1bP$qm\x1b\\\x1b[?2027h\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9\x1b[3b\x1b[?1049h\x1b[5;5Hx\x1b[?1049l"
      "\xff\xe6\x97\x1b[31mz\r\n0123456789abcdefghijklmnopqrstuvwxyz\x1b[T\x1b_apc\x1b\\\x1b[6n";
  Recorder whole_recorder;
  Terminal whole(size_of(5, 12), &whole_recorder);
  whole.feed(input);
  for (std::size_t cut = 0; cut <= input.size(); ++cut) {
    Recorder recorder;
    Terminal terminal(size_of(5, 12), &recorder);
    terminal.feed(std::string_view(input).substr(0, cut));
    terminal.feed(std::string_view(input).substr(cut));
    ASSERT_EQ(terminal.hash(), whole.hash()) << cut;
    ASSERT_EQ(scrollback_text(terminal), scrollback_text(whole)) << cut;
    ASSERT_EQ(terminal.offset(), input.size());
    ASSERT_EQ(recorder.queries.size(), whole_recorder.queries.size());
    for (std::size_t i = 0; i < recorder.queries.size(); ++i) {
      ASSERT_EQ(recorder.queries[i].reply, whole_recorder.queries[i].reply);
      ASSERT_EQ(recorder.queries[i].offset, whole_recorder.queries[i].offset);
    }
  }
}

TEST(TerminalScreen, CanBeMoved) {
  Recorder recorder;
  Terminal first(size_of(3, 10), &recorder);
  first.feed("ab\x1b[1m\x1b[3");
  Terminal second(std::move(first));
  second.feed("1mcd\x1b[c");
  Terminal third(size_of(1, 1));
  third = std::move(second);
  third.feed("e");
  EXPECT_EQ(screen_text(third), "abcde");
  EXPECT_EQ(third.state().pen.style.foreground, Color::indexed(1));
  EXPECT_EQ(recorder.queries.size(), 1U);
}

TEST(TerminalScreen, TextOfCells) {
  Terminal terminal(size_of(1, 10));
  terminal.feed("a" WIDE "e\xcc\x81");
  std::vector<std::string> texts;
  for (const auto& cell : terminal.primary().cells(0)) terminal.append_text(cell, texts.emplace_back());
  EXPECT_EQ(texts, (std::vector<std::string>{"a", WIDE, "", "e\xcc\x81", " ", " ", " ", " ", " ", " "}));
}

// Sequences with huge counts, each of which must cost no more than a screen: were one not cut to that, this would run
// into the time limit of the test.
TEST(TerminalScreen, HugeCountsCostNoMoreThanAScreen) {
  std::string input;
  for (const char final : std::string_view("@ABCDEFGHIJKLMPSTXZ`abdefgm")) {
    input += "x\x1b[65535";
    input += final;
    input += "\x1b[65535;65535";
    input += final;
    input += "\x1b[99999999999999999999";
    input += final;
  }
  input += "x\x1b[65535'}\x1b[65535'~\x1b[>65535u\x1b[<65535u\x1b[?65535h\x1b[65535;65535r\x1b[1;65535r";
  Terminal terminal(size_of(24, 80));
  for (int i = 0; i < 1000; ++i) terminal.feed(input);
  EXPECT_LE(terminal.scrollback().size(), terminal.scrollback().limits().lines);
}

TEST(TerminalScreen, MemoryIsBounded) {
  Terminal terminal(size_of(24, 80));
  std::mt19937 random(1);
  std::string input;
  for (int i = 0; i < 50'000; ++i) {
    input = "\x1b[38;2;" + std::to_string(random() % 256) + ';' + std::to_string(random() % 256) + ";1me\xcc\x81\xcc";
    input += static_cast<char>(0x80 + random() % 48);
    input += "\x1b]8;;http://" + std::to_string(random()) + "\a.\r\n";
    terminal.feed(input);
  }
  EXPECT_LT(terminal.bytes(), 32U * 1024 * 1024);
}

}  // namespace
}  // namespace ptyd::screen
