#include "client/terminal/output_watch.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ptyd {
namespace {

struct Case {
  const char* name;
  std::string written;
  std::string restored;
};

const std::vector<Case>& cases() {
  static const std::vector<Case> all{
      {"plain text", "hello\r\n\t\xc3\xa4", ""},
      {"alternate screen", "\x1b[?1049hx", "\x1b[?1049l"},
      {"alternate screen left again", "\x1b[?1049hx\x1b[?1049l", ""},
      {"the old alternate screen", "\x1b[?47h", "\x1b[?47l"},
      {"mouse", "\x1b[?1000h\x1b[?1006h", "\x1b[?1000l\x1b[?1006l"},
      {"mouse in one sequence", "\x1b[?1002;1006h", "\x1b[?1002l\x1b[?1006l"},
      {"mouse off again", "\x1b[?1003h\x1b[?1003l", ""},
      {"other mouse encodings", "\x1b[?1005h\x1b[?1015h\x1b[?1016h", "\x1b[?1005l\x1b[?1015l\x1b[?1016l"},
      {"focus, paste", "\x1b[?1004h\x1b[?2004h", "\x1b[?1004l\x1b[?2004l"},
      {"cursor hidden", "\x1b[?25l", "\x1b[?25h"},
      {"cursor hidden and shown", "\x1b[?25l\x1b[?25h", ""},
      {"wrap off", "\x1b[?7l", "\x1b[?7h"},
      {"cursor keys and keypad", "\x1b[?1h\x1b=", "\x1b[?1l\x1b>"},
      {"keypad off again", "\x1b=\x1b>", ""},
      {"insert", "\x1b[4h", "\x1b[4l"},
      {"synchronised output comes first", "\x1b[?25l\x1b[?2026h", "\x1b[?2026l\x1b[?25h"},
      {"attributes", "\x1b[1;31m", "\x1b[0m"},
      {"attributes reset", "\x1b[1;31m\x1b[m", ""},
      {"colour 0 is no reset", "\x1b[38;5;0m", "\x1b[0m"},
      {"cursor shape", "\x1b[4 q", "\x1b[0 q"},
      {"cursor shape reset", "\x1b[4 q\x1b[0 q", ""},
      {"scroll region", "\x1b[2;5r",
       "\x1b"
       "7\x1b[r\x1b"
       "8"},
      {"scroll region reset", "\x1b[2;5r\x1b[r", ""},
      {"scroll region in the alternate screen", "\x1b[?1049h\x1b[2;5r", "\x1b[r\x1b[?1049l"},
      {"origin", "\x1b[2;5r\x1b[?6h", "\x1b[?6l\x1b[r\x1b[999;1H"},
      {"side margins", "\x1b[?69h\x1b[5;10s", "\x1b[?69l"},
      {"kitty keyboard", "\x1b[>1u\x1b[>5u", "\x1b[<2u"},
      {"kitty keyboard popped", "\x1b[>1u\x1b[<u", ""},
      {"kitty keyboard popped too often", "\x1b[>1u\x1b[<9u", ""},
      {"kitty keyboard set", "\x1b[=1;1u", "\x1b[=0u"},
      {"kitty keyboard of both screens", "\x1b[>1u\x1b[?1049h\x1b[>3u", "\x1b[<1u\x1b[?1049l\x1b[<1u"},
      {"kitty keyboard asked for", "\x1b[?u", ""},
      {"modifyOtherKeys", "\x1b[>4;2m", "\x1b[>4m"},
      {"modifyOtherKeys off again", "\x1b[>4;2m\x1b[>4;0m\x1b[>4;1m\x1b[>4m", ""},
      {"titles", "\x1b[22;0t\x1b[22;0t\x1b[23;0t\x1b]0;x\x07", "\x1b[23;0t"},
      {"hyperlink", "\x1b]8;id=1;http://x\x1b\\", "\x1b]8;;\x1b\\"},
      {"hyperlink closed", "\x1b]8;;http://x\x07y\x1b]8;;\x07", ""},
      {"colours", "\x1b]11;#000\x07\x1b]4;1;#fff\x1b\\", "\x1b]104\x1b\\\x1b]111\x1b\\"},
      {"colours asked for", "\x1b]11;?\x1b\\\x1b]4;1;?\x07", ""},
      {"colours reset", "\x1b]11;#000\x07\x1b]111\x07", ""},
      {"line drawing", "\x1b(0\x0e", "\x1b(B\x0f"},
      {"line drawing off again", "\x1b(0\x0e\x0f\x1b(B", ""},
      {"soft reset", "\x1b[?25l\x1b[1m\x1b[2;3r\x1b[4h\x1b[!p", ""},
      {"full reset",
       "\x1b[?1049h\x1b[?1000h\x1b[>1u\x1b[4 q\x1b"
       "c",
       ""},
      {"cut sequence", "\x1b[?10", "\x18"},
      {"cut escape", "x\x1b", "\x18"},
      {"cut title", "\x1b]0;ti", "\x18\x1b\\"},
      {"cut title at its end", "\x1b]0;ti\x1b", "\x18\x1b\\"},
      {"what looks like a mode inside a string", "\x1bPx[?1000hy\x1b\\\x1b]0;[?1049h\x07", ""},
      {"string ended by a sequence", "\x1b]0;x\x1b[?1000h", "\x1b[?1000l"},
      {"control inside a sequence", "\x1b[?10\n00h", "\x1b[?1000l"},
      {"sequence cancelled",
       "\x1b[?10\x18"
       "00h",
       ""},
      {"overlong sequence", "\x1b[?" + std::string(500, '1') + ";1000h", ""},
      {"overlong hyperlink", "\x1b]8;" + std::string(500, 'x') + ";u\x07", "\x1b]8;;\x1b\\"},
      {"unknown modes", "\x1b[?123456h\x1b[?h\x1b[h\x1b[?99999999999999999999h", ""},
      {"attributes that the alternate screen may bring back", "\x1b[1m\x1b[?1049h\x1b[m", "\x1b[?1049l\x1b[0m"},
      {"alternate screen entered twice", "\x1b[?1049h\x1b[?47h", "\x1b[?1049l"},
      {"origin when the alternate screen came", "\x1b[?6h\x1b[?1049h\x1b[?6l", "\x1b[?1049l\x1b[?6l\x1b[r\x1b[999;1H"},
      {"line drawing that was saved",
       "\x1b(0\x1b"
       "7\x1b(B\x1b"
       "8",
       "\x1b(B"},
      {"shifts to G2 and G3", "\x1bn\x1bo", "\x0f"},
      {"protected", "\x1b[1\"q", "\x1b[0\"q"},
      {"ANSI modes", "\x1b[2;3;20h\x1b[12l", "\x1b[2l\x1b[3l\x1b[12h\x1b[20l"},
      {"VT52", "\x1b[?2l", "\x1b<"},
      {"VT52 and back", "\x1b[?2l\x1b<", ""},
      {"what the window may have had itself", "\x1b[?1007h\x1b[?67l", ""},
      {"blinking", "\x1b[?12h", "\x1b[?12l\x1b[0 q"},
      {"modes saved and brought back", "\x1b[?1000h\x1b[?1000s\x1b[?1000l\x1b[?1000r", "\x1b[?1000l"},
      {"other modifiers of keys", "\x1b[>1;0m\x1b[>4n\x1b[>4;1f", "\x1b[>1m\x1b[>4m\x1b[>4f"},
      {"kitty keyboard left on the alternate screen", "\x1b[?1049h\x1b[>1u\x1b[?1049l",
       "\x1b[?1049h\x1b[<1u\x1b[?1049l"},
      {"titles pushed one by one", "\x1b[22;2t\x1b[22;1t", "\x1b[23;2t\x1b[23;1t"},
      {"titles pushed one by one and popped together", "\x1b[22;2t\x1b[22;1t\x1b[23;0t",
       "\x1b[22;0t\x1b[23;2t\x1b[23;1t"},
      {"titles pushed together and popped one by one", "\x1b[22;0t\x1b[22;0t\x1b[23;1t\x1b[23;2t",
       "\x1b[22;2t\x1b[22;1t\x1b[23;0t\x1b[23;0t"},
      {"colours in a row", "\x1b]10;?;#000;#fff\x07", "\x1b]111\x1b\\\x1b]112\x1b\\"},
      {"colours saved", "\x1b[#P\x1b]4;1;#fff\x07", "\x1b]104\x1b\\\x1b[#Q"},
      {"locator", "\x1b[1;2'z", "\x1b[0'z"},
      {"pointer, progress, folder", "\x1b]22;wait\x07\x1b]9;4;1;50\x07\x1b]7;file:///x\x07",
       "\x1b]22;\x1b\\\x1b]9;4;0\x1b\\\x1b]7;\x1b\\"},
      {"progress that has ended", "\x1b]9;4;1;50\x07\x1b]9;4;0\x07", ""},
      {"cut colour", "\x1b]11;#fff", "\x18\x1b\\\x1b]111\x1b\\"},
      {"cut hyperlink", "\x1b]8;;http://x", "\x18\x1b\\\x1b]8;;\x1b\\"},
      {"endless pushes",
       [] {
         std::string text;
         for (int i = 0; i < 1000; ++i) text += "\x1b[>1u";
         return text;
       }(),
       "\x1b[<32u"},
  };
  return all;
}

TEST(OutputWatch, TellsPlainTextFromWhatMayChangeTheTerminal) {
  OutputWatch watch;
  EXPECT_FALSE(watch.feed("plain text\r\n\xc3\xa9"));
  EXPECT_TRUE(watch.feed("hidden\x1b"));
  EXPECT_TRUE(watch.feed("[?25l"));
  EXPECT_FALSE(watch.feed("plain again"));
  EXPECT_TRUE(watch.feed("\x0e"));
  EXPECT_EQ(watch.restore_sequence(), "\x1b[?25h\x0f");
}

TEST(OutputWatch, UndoesWhatWasSetWhereverTheOutputIsCut) {
  for (const auto& c : cases()) {
    const std::size_t last_cut = std::min<std::size_t>(c.written.size(), 600);
    for (std::size_t cut = 0; cut <= last_cut; ++cut) {
      OutputWatch watch;
      watch.feed(std::string_view(c.written).substr(0, cut));
      watch.feed(std::string_view(c.written).substr(cut));
      EXPECT_EQ(watch.restore_sequence(), c.restored) << c.name << ", cut at " << cut;
    }
  }
}

TEST(OutputWatch, FedWithItsOwnRestoreSequenceNothingIsLeft) {
  for (const auto& c : cases()) {
    OutputWatch watch;
    watch.feed(c.written);
    watch.feed(watch.restore_sequence());
    EXPECT_EQ(watch.restore_sequence(), "") << c.name;
  }
}

TEST(OutputWatch, PutsTabStopsRightUpToTheWidth) {
  OutputWatch watch;
  watch.set_columns(20);
  watch.feed("\x1b[3g");
  EXPECT_EQ(watch.restore_sequence(),
            "\x1b"
            "7\x1b[3g\r\x1bH\x1b[8C\x1bH\x1b[8C\x1bH\x1b[?5W\x1b"
            "8");
  watch.feed(watch.restore_sequence());
  EXPECT_EQ(watch.restore_sequence(), "");
}

TEST(OutputWatch, BringsBackTheModesThatWereSavedAndTouched) {
  OutputWatch watch;
  watch.feed("\x1b[?7;25;1007s\x1b[?1007l\x1b[?25l");
  EXPECT_EQ(watch.leave_sequence(),
            "\x1b[?25h\x1b"
            "7\x1b[?25;1007r\x1b[r\x1b"
            "8");
  watch.feed("\x1b[?1007;7s");  // that is not what the window had, this still is
  watch.feed("\x1b[?7l\x1b[?7h");
  EXPECT_EQ(watch.leave_sequence(),
            "\x1b[?25h\x1b"
            "7\x1b[?7;25r\x1b[r\x1b"
            "8");
}

TEST(OutputWatch, SavesNoModeThatDoesMoreWhenItComesBack) {
  for (const char* const mode : {"?2s", "?3;", ";3;", ";6;", ";47;", ";1049;", ";2026;", ";2048;"})
    EXPECT_EQ(OutputWatch::save_sequence().find(mode), std::string::npos) << mode;
}

TEST(OutputWatch, StopsWhereTheSavedTitlesArePopped) {
  OutputWatch watch;
  EXPECT_EQ(watch.until_titles_are_popped("no title"), 8u);
  watch.feed(OutputWatch::save_titles());
  EXPECT_FALSE(watch.titles_are_popped());
  const std::string text = "at\x1b[23;5Htt\x1b[22;0t\x1b[23;0t\x1b[23;1tbehind";
  const auto stop = watch.until_titles_are_popped(text);
  EXPECT_EQ(text.substr(stop), "behind");
  watch.feed(text.substr(0, stop));
  EXPECT_TRUE(watch.titles_are_popped());
  watch.feed(OutputWatch::save_titles_again());
  EXPECT_FALSE(watch.titles_are_popped());
  watch.feed("\x1b[2");
  EXPECT_EQ(watch.until_titles_are_popped("3;2t\x1b[23;2tx"), 4u);
}

TEST(OutputWatch, KnowsTheFirstColor) {
  for (const char* const text :
       {"\x1b]11;#000\x07", "x\x1b]4;1;#fff\x1b\\", "\x1b]104\x07", "\x1b]21;foreground=red\x07"})
    EXPECT_TRUE(OutputWatch().changes_first_color(text)) << text;
  for (const char* const text : {"x", "\x1b]11;?\x07", "\x1b]0;4;x\x07", "\x1b]8;;http://x\x07", "\x1b]133;A\x07"})
    EXPECT_FALSE(OutputWatch().changes_first_color(text)) << text;
  OutputWatch watch;
  watch.feed("\x1b[#P\x1b]11;#000\x07");
  EXPECT_FALSE(watch.changes_first_color("\x1b]11;#fff\x07"));
  watch.feed(watch.restore_sequence());
  EXPECT_TRUE(watch.changes_first_color("\x1b]11;#fff\x07"));
}

TEST(OutputWatch, CountsQuestions) {
  OutputWatch watch;
  for (const char* const text : {"\x1b[c", "\x1b[>c", "\x1b[6n", "\x1b[?2026$p", "\x1b[?u", "\x1b[>q", "\x1b[18t",
                                 "\x1bZ", "\x1b]11;?\x07", "\x1bP$qm\x1b\\", "\x1bP+q544e\x1b\\", "\x1b_Ga=q;\x1b\\"}) {
    const auto before = watch.questions();
    watch.feed(text);
    EXPECT_EQ(watch.questions(), before + 1) << text;
  }
  watch.feed("\x1b[?1;2c\x1b[>4n\x1b[22t\x1b[2 q\x1b[u\x1b]11;#000\x07\x1bPx\x1b\\?");
  EXPECT_EQ(watch.questions(), 12u);
}

TEST(OutputWatch, KnowsTheScreenAndTheGround) {
  OutputWatch watch;
  watch.feed("\x1b[?1049h");
  EXPECT_TRUE(watch.in_alternate_screen());
  EXPECT_TRUE(watch.at_ground());
  watch.feed("\x1b[?1049");
  EXPECT_FALSE(watch.at_ground());
  watch.feed("l");
  EXPECT_FALSE(watch.in_alternate_screen());
}

// Also those that come in one piece leave what they leave byte by byte.
TEST(OutputWatch, LooksAreFollowedWhereverTheyAreCut) {
  const std::string long_looks = "\x1b[" + std::string(70, '1') + "m";
  const std::string overlong = "\x1b[" + std::string(400, '1') + "m";
  const std::string text(40, 'x');
  for (const std::string& bytes :
       {std::string("a\x1b[1mb\x1b[m"), std::string("\x1b[31mtext\x1b[0;0m\x1b[;m"), std::string("\x1b[38:2::1:2:3mx"),
        std::string("\x1b[m\x1b[4m\x0e\x1b[m"), std::string("\x1b[1\x18m\x1b[?25l"), std::string("\x1b[>4;2mx\x1b[m"),
        std::string("\x1b[1;\x1b[?7lm"), std::string("\x1b]0;\x1b[1m"),
        "\x1b[1m" + text + "\x0f" + text + "\x1b[m" + text + "\x1b[7m" + text + "\x0e" + text,
        "\x1b[1m" + text + "\x1b[" + text, "\x1b[1m" + text + "\x1b[?25l" + text + "\x1b[4m" + text, long_looks,
        overlong, long_looks + overlong}) {
    OutputWatch whole;
    const bool changed = whole.feed(bytes);
    EXPECT_TRUE(changed) << bytes;
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
      OutputWatch parts;
      parts.feed(std::string_view(bytes).substr(0, cut));
      parts.feed(std::string_view(bytes).substr(cut));
      EXPECT_EQ(parts.restore_sequence(), whole.restore_sequence()) << bytes << " cut at " << cut;
      EXPECT_EQ(parts.at_ground(), whole.at_ground()) << bytes << " cut at " << cut;
      EXPECT_EQ(parts.questions(), whole.questions()) << bytes << " cut at " << cut;
    }
    OutputWatch one_by_one;
    for (const char byte : bytes) one_by_one.feed({&byte, 1});
    EXPECT_EQ(one_by_one.restore_sequence(), whole.restore_sequence()) << bytes;
  }
}

TEST(OutputWatch, AColourIsFoundWhereverItStands) {
  for (std::size_t before = 0; before < 200; ++before) {
    const std::string color = std::string(before, 'x') + "\x1b]11;#000\x07";
    EXPECT_TRUE(OutputWatch().changes_first_color(color)) << before;
    EXPECT_TRUE(OutputWatch().changes_first_color("\x1b[m" + color + std::string(200, 'y'))) << before;
    EXPECT_FALSE(OutputWatch().changes_first_color(std::string(before, 'x') + "\x1b]1")) << before;
  }
}

}  // namespace
}  // namespace ptyd
