// What the terminal answers. Expected by xterm's control sequences.
#include "tests/unit/screen/terminal_support.hpp"

namespace ptyd::screen {
namespace {

struct Question {
  std::string_view name;
  std::string_view input;
  Query query;
  std::string_view reply;
};

TerminalOptions with_pixels() {
  auto options = size_of(4, 10);
  options.x_pixels = 80;
  options.y_pixels = 64;
  options.version = "ptyd 1.2.3";
  return options;
}

TEST(TerminalReply, Answers) {
  for (const auto& [name, input, query, reply] : std::vector<Question>{
           {"DA1", "\x1b[c", Query::device_attributes, "\x1b[?62;22c"},
           {"DA1 0", "\x1b[0c", Query::device_attributes, "\x1b[?62;22c"},
           {"DECID", "\x1bZ", Query::device_attributes, "\x1b[?62;22c"},
           {"DA2", "\x1b[>c", Query::secondary_attributes, "\x1b[>1;277;0c"},
           {"DA3", "\x1b[=c", Query::tertiary_attributes, "\x1bP!|00000000\x1b\\"},
           {"XTVERSION", "\x1b[>q", Query::version, "\x1bP>|ptyd 1.2.3\x1b\\"},
           {"XTVERSION 0", "\x1b[>0q", Query::version, "\x1bP>|ptyd 1.2.3\x1b\\"},
           {"DSR", "\x1b[5n", Query::status, "\x1b[0n"},
           {"CPR", "\x1b[2;3H\x1b[6n", Query::cursor_position, "\x1b[2;3R"},
           {"CPR in a pending wrap", "0123456789\x1b[6n", Query::cursor_position, "\x1b[1;10R"},
           {"CPR in origin mode", "\x1b[2;3r\x1b[?6h\x1b[2;3H\x1b[6n", Query::cursor_position, "\x1b[2;3R"},
           {"CPR in origin mode with columns", "\x1b[?69h\x1b[3;6s\x1b[?6h\x1b[1;2H\x1b[6n", Query::cursor_position,
            "\x1b[1;2R"},
           {"DECXCPR", "\x1b[2;3H\x1b[?6n", Query::extended_cursor_position, "\x1b[?2;3R"},
           {"color scheme", "\x1b[?996n", Query::color_scheme, "\x1b[?997;1n"},
           {"color scheme of a light background", "\x1b]11;#ffffff\a\x1b[?996n", Query::color_scheme, "\x1b[?997;2n"},
           {"DECRQM", "\x1b[?25$p", Query::mode, "\x1b[?25;1$y"},
           {"DECRQM of an ANSI mode", "\x1b[4$p", Query::mode, "\x1b[4;2$y"},
           {"size in pixels", "\x1b[14t", Query::window, "\x1b[4;64;80t"},
           {"cell in pixels", "\x1b[16t", Query::window, "\x1b[6;16;8t"},
           {"size in characters", "\x1b[18t", Query::window, "\x1b[8;4;10t"},
           {"kitty", "\x1b[?u", Query::keyboard, "\x1b[?0u"},
           {"size report", "\x1b[?2048h", Query::window, "\x1b[48;4;10;64;80t"},
           {"OSC 4", "\x1b]4;1;?\a", Query::color, "\x1b]4;1;rgb:cdcd/0000/0000\a"},
           {"OSC 4 with ST", "\x1b]4;255;?\x1b\\", Query::color, "\x1b]4;255;rgb:eeee/eeee/eeee\x1b\\"},
           {"OSC 4 that was set", "\x1b]4;1;#123456\a\x1b]4;1;?\a", Query::color, "\x1b]4;1;rgb:1212/3434/5656\a"},
           {"OSC 10", "\x1b]10;?\a", Query::color, "\x1b]10;rgb:e5e5/e5e5/e5e5\a"},
           {"OSC 11", "\x1b]11;?\x1b\\", Query::color, "\x1b]11;rgb:0000/0000/0000\x1b\\"},
           {"OSC 12 is the foreground", "\x1b]10;#010203\a\x1b]12;?\a", Query::color, "\x1b]12;rgb:0101/0202/0303\a"},
           {"OSC 12 that was set", "\x1b]12;#040506\a\x1b]12;?\a", Query::color, "\x1b]12;rgb:0404/0505/0606\a"},
           {"DECRQSS m", "\x1b[1;4:3;38;5;200m\x1bP$qm\x1b\\", Query::setting, "\x1bP1$r0;1;4:3;38:5:200m\x1b\\"},
           {"DECRQSS r", "\x1b[2;3r\x1bP$qr\x1b\\", Query::setting, "\x1bP1$r2;3r\x1b\\"},
           {"DECRQSS s", "\x1bP$qs\x1b\\", Query::setting, "\x1bP1$r1;10s\x1b\\"},
           {"DECRQSS SP q", "\x1b[3 q\x1bP$q q\x1b\\", Query::setting, "\x1bP1$r3 q\x1b\\"},
           {"DECRQSS \" q", "\x1b[1\"q\x1bP$q\"q\x1b\\", Query::setting, "\x1bP1$r1\"q\x1b\\"},
           {"DECRQSS \" p", "\x1bP$q\"p\x1b\\", Query::setting, "\x1bP1$r62;1\"p\x1b\\"},
           {"DECRQSS of something else", "\x1bP$qt\x1b\\", Query::setting, "\x1bP0$r\x1b\\"},
           {"XTGETTCAP TN", "\x1bP+q544e\x1b\\", Query::termcap, "\x1bP1+r544E=787465726D2D323536636F6C6F72\x1b\\"},
           {"XTGETTCAP Co", "\x1bP+q436F\x1b\\", Query::termcap, "\x1bP1+r436F=323536\x1b\\"},
           {"XTGETTCAP RGB", "\x1bP+q524742\x1b\\", Query::termcap, "\x1bP1+r524742=38\x1b\\"},
           {"XTGETTCAP of something else", "\x1bP+q5463\x1b\\", Query::termcap, "\x1bP0+r\x1b\\"},
           {"XTGETTCAP of two", "\x1bP+q5463;436F\x1b\\", Query::termcap, "\x1bP0+r\x1b\\\x1bP1+r436F=323536\x1b\\"},
       }) {
    SCOPED_TRACE(name);
    for (const std::size_t cut : {std::size_t{0}, input.size() - 1}) {
      Recorder recorder;
      Terminal terminal(with_pixels(), &recorder);
      terminal.set_offset(1000);
      terminal.feed(input.substr(0, cut));
      terminal.feed(std::string(input.substr(cut)) + "text behind it");
      ASSERT_EQ(recorder.queries.size(), 1U);
      EXPECT_EQ(recorder.queries[0].query, query);
      EXPECT_EQ(recorder.queries[0].reply, reply);
      EXPECT_EQ(recorder.queries[0].offset, 1000 + input.size());
    }
  }
}

TEST(TerminalReply, AsksNothingAnswersNothing) {
  for (const std::string_view input :
       {"\x1b[1c",       "\x1b[>1c",     "\x1b[7n",        "\x1b[?5n",      "\x1b[20t",    "\x1b[21t",
        "\x1b[11t",      "\x1b[>5q",     "\x1b[1;1;1;1*y", "\x1b]52;c;?\a", "\x1b]2;?\a",  "\x1b]104;?\a",
        "\x1bP+p\x1b\\", "\x1b[?1049$q", "\x05",           "\x1b[x",        "\x1b]13;?\a", "\x1b]4;256;?\a",
        "\x1b]4;1\a",    "\x1b[?4n",     "\x1b[ c",        "\x1b[!c"}) {
    SCOPED_TRACE(input);
    Terminal terminal(with_pixels());
    EXPECT_EQ(replies_to(terminal, input), "");
  }
}

TEST(TerminalReply, SeveralColors) {
  Terminal terminal(size_of(4, 10));
  EXPECT_EQ(replies_to(terminal, "\x1b]4;0;?;7;?\a"), "\x1b]4;0;rgb:0000/0000/0000\a\x1b]4;7;rgb:e5e5/e5e5/e5e5\a");
  EXPECT_EQ(replies_to(terminal, "\x1b]10;?;?\a"), "\x1b]10;rgb:e5e5/e5e5/e5e5\a\x1b]11;rgb:0000/0000/0000\a");
}

TEST(TerminalReply, OneStringCannotAskForMoreThanThePaletteHas) {
  Recorder recorder;
  Terminal terminal(size_of(4, 10), &recorder);
  std::string input = "\x1b]4";
  for (int i = 0; i < 5000; ++i) input += ";1;?";
  terminal.feed(input + '\a');
  EXPECT_EQ(recorder.queries.size(), 256U);
}

TEST(TerminalReply, ResizingReportsTheSizeWhereThatWasAskedFor) {
  Recorder recorder;
  Terminal terminal(size_of(4, 10), &recorder);
  terminal.resize(5, 11);
  EXPECT_TRUE(recorder.queries.empty());
  terminal.feed("\x1b[?2048h");
  terminal.resize(6, 12, 120, 96);
  ASSERT_EQ(recorder.queries.size(), 2U);
  EXPECT_EQ(recorder.queries[1].reply, "\x1b[48;6;12;96;120t");
  EXPECT_EQ(recorder.queries[1].offset, terminal.offset());
}

}  // namespace
}  // namespace ptyd::screen
