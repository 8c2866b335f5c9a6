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
    // ESC 8 brings back attributes that may be any.
    const auto rest = watch.restore_sequence();
    EXPECT_TRUE(rest.empty() || rest == "\x1b[0m") << c.name << ": " << rest;
  }
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

}  // namespace
}  // namespace ptyd
