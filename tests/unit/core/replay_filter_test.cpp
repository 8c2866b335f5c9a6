#include "daemon/core/replay_filter.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "common/escape.hpp"

namespace ptyd {
namespace {

using std::string_literals::operator""s;

std::string filtered(std::string_view bytes, std::size_t cut = 0) {
  ReplayFilter filter;
  auto out = filter.filter(bytes.substr(0, cut));
  out += filter.filter(bytes.substr(cut));
  return out + filter.finish();
}

// What makes a terminal answer, ring, notify, print, or change what is outside of it.
const std::vector<std::pair<const char*, std::string>> kRemoved{
    {"ENQ", "\x05"},
    {"BEL", "\x07"},
    {"NUL and XOFF", "\0\x13"s},
    {"DA1", "\x1b[c"},
    {"DA1, with parameter", "\x1b[0c"},
    {"DA2", "\x1b[>c"},
    {"DA2, with parameter", "\x1b[>0c"},
    {"DA3", "\x1b[=c"},
    {"DECID", "\x1bZ"},
    {"DSR status", "\x1b[5n"},
    {"DSR cursor", "\x1b[6n"},
    {"DSR private", "\x1b[?6n"},
    {"DSR colour scheme", "\x1b[?996n"},
    {"DECREQTPARM", "\x1b[x"},
    {"DECREQTPARM 1", "\x1b[1x"},
    {"DECRQM", "\x1b[4$p"},
    {"DECRQM private", "\x1b[?2026$p"},
    {"XTVERSION", "\x1b[>q"},
    {"XTVERSION 0", "\x1b[>0q"},
    {"DECRQSS", "\x1bP$qm\x1b\\"},
    {"XTGETTCAP", "\x1bP+q544e\x1b\\"},
    {"DECRQTSR", "\x1b[1$u"},
    {"DECRQPSR", "\x1b[1$w"},
    {"DECRQUPSS", "\x1b[&u"},
    {"DECRQCRA", "\x1b[1;1;1;1;1;1*y"},
    {"DECRQLP", "\x1b['|"},
    {"DECELR", "\x1b[1;2'z"},
    {"XTREPORTSGR", "\x1b[1;1;1;1#|"},
    {"XTREPORTCOLORS", "\x1b[#R"},
    {"XTSMGRAPHICS", "\x1b[?1;1;0S"},
    {"XTQMODKEYS", "\x1b[?4m"},
    {"kitty keyboard query", "\x1b[?u"},
    {"window size report", "\x1b[14t"},
    {"text area report", "\x1b[18t"},
    {"title report", "\x1b[21t"},
    {"resize", "\x1b[8;24;80t"},
    {"mouse highlight tracking", "\x1b[1;1;1;1;1T"},
    {"mouse highlight mode", "\x1b[?1001h"},
    {"print", "\x1b[5i"},
    {"printer mode", "\x1b[?5i"},
    {"VT52", "\x1b[?2l"},
    {"in-band resize reports", "\x1b[?2048h"},
    {"synchronised output", "\x1b[?2026h"},
    {"keyboard lock", "\x1b[2h"},
    {"local echo", "\x1b[12l"},
    {"8-bit answers", "\x1b G"},
    {"8-bit level", "\x1b[62;0\"p"},
    {"leave UTF-8", "\x1b%@"},
    {"palette query", "\x1b]4;1;?\x07"},
    {"palette, one of them a query", "\x1b]4;1;#fff;2;?\x1b\\"},
    {"foreground query", "\x1b]10;?\x07"},
    {"background query", "\x1b]11;?\x1b\\"},
    {"cursor colour query", "\x1b]12;?\x07"},
    {"kitty colour query", "\x1b]21;foreground=?\x07"},
    {"font query", "\x1b]50;?\x07"},
    {"clipboard read", "\x1b]52;c;?\x07"},
    {"clipboard write", "\x1b]52;c;aGk=\x07"},
    {"notification, iTerm2", "\x1b]9;hi\x07"},
    {"notification, urxvt", "\x1b]777;notify;a;b\x07"},
    {"notification, kitty", "\x1b]99;i=1;hi\x1b\\"},
    {"iTerm2 report", "\x1b]1337;ReportCellSize\x07"},
    {"X property", "\x1b]3;a=b\x07"},
    {"number too long", "\x1b]00000;x\x07"},
    {"no number", "\x1b]l;x\x07"},
    {"not UTF-8", "\x1b]0;\xFF\x07"},
    {"kitty graphics", "\x1b_Gi=1,a=q;AAAA\x1b\\"},
    {"tmux passthrough", "\x1bPtmux;\x1b\x1b[6n\x1b\\"},
    {"user-defined keys", "\x1bP0;1|17/6c73\x1b\\"},
    {"sixel image", "\x1bPq#0;2;0;0;0~-\x1b\\"},
    {"PM and SOS", "\x1b^x\x1b\\\x1bXy\x1b\\"},
    {"CSI as U+009B",
     "\xC2\x9B"
     "6n"},
    {"DECID as U+009A", "\xC2\x9A"},
    {"OSC as U+009D",
     "\xC2\x9D"
     "52;c;?\xC2\x9C"},
    {"control inside of a query", "\x1b[6\x05n"},
    {"query inside of a title", "\x1b]0;x\x1b[6n"},
    {"unfinished", "\x1b[6"},
    {"unfinished string", "\x1b]0;title"},
    {"unfinished character", "\xE2\x82"},
    {"cancelled", "\x1b[6\x18"},
};

TEST(ReplayFilter, RemovesWhatHasAnEffectBeyondTheScreen) {
  for (const auto& [what, bytes] : kRemoved) EXPECT_EQ(filtered(bytes), "") << what;
}

TEST(ReplayFilter, RemovesItWhereverItIsCut) {
  for (const auto& [what, bytes] : kRemoved)
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut) EXPECT_EQ(filtered(bytes, cut), "") << what << " at " << cut;
}

// What goes in, and what comes out when it differs.
const std::vector<std::pair<std::string, std::optional<std::string>>> kKept{
    {"text \xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\r\n\t\b", {}},
    {"\x1b[1;31;48:2::1:2:3mred\x1b[m", {}},
    {"\x1b[H\x1b[2J\x1b[3;4H\x1b[K\x1b[1P\x1b[2@\x1b[5b\x1b[4X", {}},
    {"\x1b[2;10r\x1b[3S\x1b[3T\x1b[s\x1b[u\x1b"
     "7\x1b"
     "8",
     {}},
    {"\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[?1h\x1b=\x1b[?2004h", {}},
    {"\x1b[?1000;1006h\x1b[>4;2m\x1b[>1u\x1b[<u\x1b[=1;2u", {}},
    {"\x1b[2 q\x1b[!p\x1b[1\"q\x1b[4h\x1b[20l", {}},
    {"\x1b(0qqq\x1b(B\x0e\x0f\x1b#8\x1b"
     "c\x1bM\x1b"
     "D\x1b"
     "E",
     "\x1b(0qqq\x1b(B\x0e\x0f\x1b#8\x1b"
     "c\x1bM\x1b"
     "D\x1b"
     "E\x1b[?1004l"},
    {"\x1b[1;1;5;5;7$r\x1b[65;1;1;5;5$x\x1b[2*x", {}},
    {"\x1b[22;0t\x1b[23;0t", {}},
    {"\x1b]0;title \xC3\xA9\x1b\\", {}},
    {"\x1b]2;what? a title\x07", "\x1b]2;what? a title\x1b\\"},
    {"\x1b]8;;http://x/?q\x1b\\link\x1b]8;;\x1b\\", {}},
    {"\x1b]4;1;#ff0000\x1b\\\x1b]11;#000\x1b\\\x1b]104\x1b\\\x1b]110\x1b\\", {}},
    {"\x1b]7;file://h/\x1b\\\x1b]133;A\x1b\\", {}},
    {"\x1b]0;\x1b\\", {}},
    {"\x1b[?1049;2048;25h", "\x1b[?1049;25h"},
    {"\x1b[3\n1mx", "\n\x1b[31mx"},
    {"\x1b[3\x07"
     "1mx",
     "\x1b[31mx"},
    {"\xC2\x9B"
     "31mx",
     "\x1b[31mx"},
    {"\x9B"
     "6n",
     "\xEF\xBF\xBD"
     "6n"},
    {"latin \xE9\xFC 1", "latin \xEF\xBF\xBD\xEF\xBF\xBD 1"},
    {"\xC2\x1b[6n\x9B"
     "6n",
     "\xEF\xBF\xBD\xEF\xBF\xBD"
     "6n"},
    {"a\x1b[6nb\x1b]52;c;?\x07"
     "c",
     "abc"},
    {"\x1b[?1004h", {}},
    {"\x1b[?1004hx\x1b[?1004ly", "xy\x1b[?1004l"},
    {"\x1b[?1004;1h", "\x1b[?1h\x1b[?1004h"},
};

TEST(ReplayFilter, KeepsWhatShowsTextOrSetsModes) {
  for (const auto& [bytes, out] : kKept)
    EXPECT_EQ(filtered(bytes), out.value_or(bytes)) << testing::PrintToString(bytes);
}

TEST(ReplayFilter, CutsMakeNoDifference) {
  for (const auto& [bytes, out] : kKept)
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut)
      EXPECT_EQ(filtered(bytes, cut), out.value_or(bytes)) << testing::PrintToString(bytes) << " cut at " << cut;
}

TEST(ReplayFilter, AMixOfAllPassesWhatIsKeptInOrder) {
  std::mt19937 random(3);
  for (int i = 0; i < 500; ++i) {
    std::string bytes;
    std::string wanted;
    for (int k = 0; k < 20; ++k) {
      // The first ones: what they give does not depend on what comes later, and they are complete.
      const auto& kept = kKept[random() % 7];
      const auto& removed = kRemoved[random() % (kRemoved.size() - 4)];
      bytes += kept.first + removed.second + "\x1b\\";
      wanted += kept.first;
    }
    ASSERT_EQ(filtered(bytes, random() % bytes.size()), wanted) << testing::PrintToString(bytes);
  }
}

TEST(ReplayFilter, FilteringTwiceIsFilteringOnce) {
  std::mt19937 random(5);
  const std::string alphabet =
      "\x1b\x1b\x1b[]P\\;?>=014hlmnuct \x07\x05\x18\n\xC2\x9B\x9C\x85\xE2\x82\xAC\xE9"
      "aZ";
  for (int i = 0; i < 3000; ++i) {
    std::string bytes;
    for (int k = 0; k < 80; ++k) bytes += alphabet[random() % alphabet.size()];
    const auto once = filtered(bytes);
    ASSERT_TRUE(is_utf8(once)) << testing::PrintToString(bytes);
    ASSERT_EQ(filtered(once), once) << testing::PrintToString(bytes);
  }
}

TEST(ReplayFilter, HoldsNoMoreThanItsBound) {
  ReplayFilter filter;
  std::string out;
  const std::string block(64 * 1024, 'x');
  out += filter.filter("\x1b]0;");
  for (int i = 0; i < 100; ++i) out += filter.filter(block);
  out += filter.filter(
      "\x07"
      "after");
  EXPECT_EQ(out + filter.finish(), "after");
}

TEST(ReplayFilter, SaysHowMuchIsUnfinished) {
  const std::vector<std::pair<std::string, std::size_t>> cases{{"text", 0},
                                                               {"text\x1b", 1},
                                                               {"text\x1b[3", 3},
                                                               {"\x1b[3m", 0},
                                                               {"\x1b]0;ab", 6},
                                                               {"\x1b]0;ab\x1b", 7},
                                                               {"\x1b]0;ab\x1b\\", 0},
                                                               {"\x1b]0;ab\x1b[", 2},
                                                               {"\x1b[3\x1b[", 2},
                                                               {"a\xE2\x82", 2},
                                                               {"a\xE2\x82\xAC", 0},
                                                               {"a\xC2\x9B", 2},
                                                               {"\x1b]0;\xC2\x9B"
                                                                "3",
                                                                3},
                                                               {"\x1b[3\xC2\x9B"
                                                                "3",
                                                                3},
                                                               {"\x1b[3\x18", 0}};
  for (const auto& [bytes, wanted] : cases) {
    ReplayFilter filter;
    static_cast<void>(filter.filter(bytes));
    EXPECT_EQ(filter.unfinished(), wanted) << testing::PrintToString(bytes);
  }
}

TEST(ReplayFilter, TheResultAndThenTheUnfinishedRestIsTheWhole) {
  const std::string stream = "a\x1b[31mb\xE2\x82\xAC\x1b]0;t\x1b\\\xC3\xA9\x1b(B\x1b[?25l";
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    ReplayFilter filter;
    const auto shown = filter.filter(stream.substr(0, cut));
    EXPECT_EQ(shown + stream.substr(cut - filter.unfinished()), stream) << cut;
  }
}

TEST(ReplayFilter, IsAsNewAfterTheEnd) {
  ReplayFilter filter;
  EXPECT_EQ(filter.filter("\x1b[?1004h\x1b["), "");
  EXPECT_EQ(filter.finish(), "\x1b[?1004h");
  EXPECT_EQ(filter.filter("6n"), "6n");
  EXPECT_EQ(filter.finish(), "");
}

TEST(ReplayPrefix, NeverMakesATerminalAnswer) {
  // Modes that the filter leaves out of what programs wrote are here only switched off.
  auto expected = replay_prefix().substr(2);
  for (const std::string mode : {"2026", "1004"}) {
    const auto at = expected.find("\x1b[?" + mode + "l");
    ASSERT_NE(at, std::string::npos);
    expected.erase(at, 4 + mode.size());
  }
  EXPECT_EQ(filtered(replay_prefix()), expected + "\x1b[?1004l");
}

TEST(ReplayPrefix, IsNotSwallowedByAnUnfinishedSequence) {
  for (const std::string unfinished :
       {"\x1b", "\x1b[", "\x1b[31", "\x1b]0;t", "\x1bPq", "\x1b_G", "\x1b(", "\xE2\x82", "\x1b]0;\x1b"})
    EXPECT_NE(filtered(unfinished + replay_prefix()).find("\x1b[H\x1b[2J"), std::string::npos)
        << testing::PrintToString(unfinished);
}

}  // namespace
}  // namespace ptyd
