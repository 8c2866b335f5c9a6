#include "client/terminal/detach_key_parser.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ptyd {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using TimePoint = DetachKeyParser::TimePoint;

const TimePoint kStart{1h};

struct Case {
  const char* name;
  const char* keys;
  std::string typed;
  std::string forwarded;
  bool detached;
};

const std::vector<Case>& cases() {
  static const std::vector<Case> all{
      {"plain text", "ctrl-\\", "hello\r", "hello\r", false},
      {"every other control", "ctrl-\\", "\x01\x03\x1a\x1d\x1f\x7f"s + '\0', "\x01\x03\x1a\x1d\x1f\x7f"s + '\0', false},
      {"raw", "ctrl-\\", "ab\x1c", "ab", true},
      {"behind it nothing is typed", "ctrl-\\",
       "a\x1c"
       "b",
       "a", true},
      {"twice is one", "ctrl-\\",
       "a\x1c\x1c"
       "b",
       "a\x1c"
       "b",
       false},
      {"three times is one and the end", "ctrl-\\", "\x1c\x1c\x1c", "\x1c", true},
      {"four times is two", "ctrl-\\", "\x1c\x1c\x1c\x1c", "\x1c\x1c", false},
      {"kitty", "ctrl-\\", "\x1b[92;5u", "", true},
      {"kitty with caps lock", "ctrl-\\", "\x1b[92;69u", "", true},
      {"kitty with num lock", "ctrl-\\", "\x1b[92;133u", "", true},
      {"kitty with both locks", "ctrl-\\", "\x1b[92;197u", "", true},
      {"kitty press", "ctrl-\\", "\x1b[92;5:1u", "", true},
      {"kitty with other keys of the layout", "ctrl-\\", "\x1b[92:124:92;5u", "", true},
      {"kitty with text", "ctrl-\\", "\x1b[92;5;28u", "", true},
      {"kitty press and release", "ctrl-\\", "\x1b[92;5:1u\x1b[92;5:3u", "", true},
      {"kitty held down is one press", "ctrl-\\", "\x1b[92;5u\x1b[92;5:2u\x1b[92;5:2u", "", true},
      {"kitty release alone", "ctrl-\\", "\x1b[92;5:3u", "\x1b[92;5:3u", false},
      {"kitty twice", "ctrl-\\", "\x1b[92;5:1u\x1b[92;5:3u\x1b[92;5:1u\x1b[92;5:3u", "\x1b[92;5:1u\x1b[92;5:3u", false},
      {"kitty release of Ctrl between", "ctrl-\\", "\x1b[92;5u\x1b[57442;1:3u\x1b[57442;5u\x1b[92;5u",
       "\x1b[57442;1:3u\x1b[57442;5u\x1b[92;5u", false},
      {"kitty without Ctrl", "ctrl-\\", "\x1b[92u\x1b[92;1u\x1b[92;3u\x1b[92;7u",
       "\x1b[92u\x1b[92;1u\x1b[92;3u\x1b[92;7u", false},
      {"kitty with Ctrl and Shift is Ctrl-|", "ctrl-\\", "\x1b[92:124;6u\x1b[92;6u", "\x1b[92:124;6u\x1b[92;6u", false},
      {"kitty other key", "ctrl-\\", "\x1b[93;5u", "\x1b[93;5u", false},
      {"modifyOtherKeys", "ctrl-\\", "\x1b[27;5;92~", "", true},
      {"modifyOtherKeys with Shift, where \\ needs it", "ctrl-\\", "\x1b[27;6;92~", "", true},
      {"modifyOtherKeys other key", "ctrl-\\", "\x1b[27;5;93~", "\x1b[27;5;93~", false},
      {"raw and kitty mixed", "ctrl-\\", "\x1c\x1b[92;5u", "\x1b[92;5u", false},
      {"other sequences", "ctrl-\\", "\x1b[A\x1bOP\x1b[5~\x1b[<0;3;4M\x1bx\x1b[[A",
       "\x1b[A\x1bOP\x1b[5~\x1b[<0;3;4M\x1bx\x1b[[A", false},
      {"X10 mouse is data", "\\", "\x1b[M \\\\\\", "\x1b[M \\\\", true},
      {"Alt with the key", "ctrl-\\",
       "\x1b\x1c"
       "x",
       "\x1b\x1c"
       "x",
       false},
      {"Escape twice, then the key", "ctrl-\\", "\x1b\x1b[92;5u", "\x1b", true},
      {"control ends a sequence", "ctrl-\\", "\x1b[9\x1c", "\x1b[9", true},
      {"8-bit byte ends a sequence", "ctrl-\\", "\x1b[9\xc3\xa4", "\x1b[9\xc3\xa4", false},
      {"endless sequence", "ctrl-\\", "\x1b[" + std::string(300, '1') + "z\x1c", "\x1b[" + std::string(300, '1') + "z",
       true},
      {"paste is data", "ctrl-\\", "\x1b[200~a\x1c\x1b[92;5ub\x1b[201~", "\x1b[200~a\x1c\x1b[92;5ub\x1b[201~", false},
      {"paste that nearly ends", "ctrl-\\", "\x1b[200~\x1b[201\x1b[201~\x1c", "\x1b[200~\x1b[201\x1b[201~", true},
      {"key behind a paste", "ctrl-\\", "\x1b[200~x\x1b[201~\x1c", "\x1b[200~x\x1b[201~", true},
      {"key, then a paste", "ctrl-\\", "\x1c\x1b[200~x\x1b[201~", "", true},
      {"end of a paste alone", "ctrl-\\", "\x1b[201~\x1c", "\x1b[201~", true},
      {"sequence", "ctrl-p,ctrl-q", "a\x10\x11", "a", true},
      {"sequence given up", "ctrl-p,ctrl-q", "\x10x\x11", "\x10x\x11", false},
      {"sequence begun anew", "ctrl-p,ctrl-q", "\x10\x10\x11", "\x10", true},
      {"sequence with a repeated beginning", "a,a,b", "aaab", "a", true},
      {"sequence that overlaps", "a,b,a,c", "ababac", "ab", true},
      {"sequence in kitty's form", "ctrl-p,ctrl-q", "\x1b[112;5u\x1b[112;5:3u\x1b[113;5u", "", true},
      {"sequence given up in kitty's form", "ctrl-p,ctrl-q", "\x1b[112;5u\x1b[112;5:3u\x1b[114;5u",
       "\x1b[112;5u\x1b[112;5:3u\x1b[114;5u", false},
      {"sequence with capitals in the report", "ctrl-p,ctrl-q", "\x1b[27;5;80~\x1b[27;5;113~", "", true},
      {"sequence with a plain key", "ctrl-a,d",
       "\x01"
       "d",
       "", true},
      {"sequence with a plain key in kitty's form", "ctrl-a,d", "\x1b[97;5u\x1b[100u", "", true},
      {"sequence with a capital", "ctrl-a,D", "\x01\x1b[100:68;2u", "", true},
      {"sequence with a capital, not met", "ctrl-a,D",
       "\x01"
       "d",
       "\x01"
       "d",
       false},
      {"Ctrl-^ needs Shift", "ctrl-^", "\x1b[54:94;6u", "", true},
      {"Ctrl-[ is Escape", "ctrl-[", "\x1b[A", "\x1b[A", false},
      {"Ctrl-[ in kitty's form", "ctrl-[", "\x1b[91;5u", "", true},
  };
  return all;
}

// Feeds the parts without time passing, then lets all deadlines pass.
void expect_result(const Case& c, const std::vector<std::string>& parts) {
  DetachKeyParser parser(*parse_detach_keys(c.keys));
  std::string forwarded;
  bool detached = false;
  for (const auto& part : parts) {
    if (detached) break;
    const auto out = parser.feed(part, kStart);
    forwarded += out.forward;
    detached = out.detach;
  }
  for (int i = 0; i < 100 && !detached && parser.deadline(); ++i) {
    const auto out = parser.tick(*parser.deadline());
    forwarded += out.forward;
    detached = out.detach;
  }
  EXPECT_EQ(forwarded, c.forwarded) << c.name << ", cut behind " << parts[0].size();
  EXPECT_EQ(detached, c.detached) << c.name << ", cut behind " << parts[0].size();
  EXPECT_FALSE(parser.deadline()) << c.name;
}

TEST(DetachKeyParser, DecidesTheSameWhereverTheInputIsCut) {
  for (const auto& c : cases()) {
    for (std::size_t cut = 0; cut <= c.typed.size(); ++cut)
      expect_result(c, {c.typed.substr(0, cut), c.typed.substr(cut)});
    std::vector<std::string> bytes;
    for (const char byte : c.typed) bytes.emplace_back(1, byte);
    expect_result(c, bytes);
  }
}

TEST(DetachKeyParser, DetachesWhenTheKeyIsNotPressedAgain) {
  DetachKeyParser parser(DetachKeys::standard());
  const auto first = parser.feed("\x1c", kStart);
  EXPECT_FALSE(first.detach);
  ASSERT_EQ(parser.deadline(), kStart + 250ms);
  EXPECT_FALSE(parser.tick(kStart + 249ms).detach);
  EXPECT_TRUE(parser.tick(kStart + 250ms).detach);
}

TEST(DetachKeyParser, TheSecondPressIsTooLateBehindTheDeadline) {
  DetachKeyParser parser(DetachKeys::standard());
  static_cast<void>(parser.feed("\x1c", kStart));
  const auto second = parser.feed("\x1c", kStart + 250ms);
  EXPECT_TRUE(second.detach);
  EXPECT_EQ(second.forward, "");
}

TEST(DetachKeyParser, TheSecondPressInTimeIsSentOnce) {
  DetachKeyParser parser(DetachKeys::standard());
  static_cast<void>(parser.feed("\x1c", kStart));
  const auto second = parser.feed("\x1c", kStart + 249ms);
  EXPECT_FALSE(second.detach);
  EXPECT_EQ(second.forward, "\x1c");
  EXPECT_FALSE(parser.deadline());
}

TEST(DetachKeyParser, ALoneEscapeIsPassedOnAtTheDeadline) {
  DetachKeyParser parser(DetachKeys::standard());
  EXPECT_EQ(parser.feed("\x1b", kStart).forward, "");
  ASSERT_EQ(parser.deadline(), kStart + 50ms);
  EXPECT_EQ(parser.tick(kStart + 49ms).forward, "");
  EXPECT_EQ(parser.tick(kStart + 50ms).forward, "\x1b");
  EXPECT_FALSE(parser.deadline());
  // So Escape and, later, the key are two keys.
  EXPECT_EQ(parser.feed("\x1b", kStart + 1s).forward, "");
  EXPECT_EQ(parser.feed("\x1c", kStart + 2s).forward, "\x1b");
  EXPECT_EQ(parser.deadline(), kStart + 2s + 250ms);
}

TEST(DetachKeyParser, ASequenceCutForLongIsPassedOnWhole) {
  DetachKeyParser parser(DetachKeys::standard());
  EXPECT_EQ(parser.feed("\x1b[92", kStart).forward, "");
  EXPECT_EQ(parser.tick(kStart + 50ms).forward, "\x1b[92");
  EXPECT_EQ(parser.feed(";5u", kStart + 60ms).forward, ";5u");
}

TEST(DetachKeyParser, APrefixIsPassedOnAtTheDeadline) {
  DetachKeyParser parser(*parse_detach_keys("ctrl-p,ctrl-q"));
  EXPECT_EQ(parser.feed("\x10", kStart).forward, "");
  ASSERT_EQ(parser.deadline(), kStart + 500ms);
  EXPECT_EQ(parser.tick(kStart + 500ms).forward, "\x10");
  const auto late = parser.feed("\x11", kStart + 501ms);
  EXPECT_EQ(late.forward, "\x11");
  EXPECT_FALSE(late.detach);
}

TEST(DetachKeyParser, EscapeAsTheKeyWaitsForTheRestOfASequence) {
  DetachKeyParser parser(*parse_detach_keys("ctrl-["));
  EXPECT_FALSE(parser.feed("\x1b", kStart).detach);
  EXPECT_FALSE(parser.tick(kStart + 50ms).detach);
  EXPECT_TRUE(parser.tick(kStart + 300ms).detach);
}

TEST(DetachKeyParser, WithoutAKeyEverythingIsPassedOnAtOnce) {
  DetachKeyParser parser(std::nullopt);
  EXPECT_EQ(parser.feed("a\x1c\x1b[92", kStart).forward, "a\x1c\x1b[92");
  EXPECT_FALSE(parser.deadline());
}

}  // namespace
}  // namespace ptyd
