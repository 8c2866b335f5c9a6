#include "daemon/screen/parser.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/screen/utf8.hpp"

namespace {

using ptyd::screen::Parser;
using ptyd::screen::Sequence;

// What the parser found, as text: characters stand for themselves, the rest is in braces. It does not show how runs of
// ASCII were cut.
class Recorder final : public ptyd::screen::ParserHandler {
 public:
  std::string found;

  void print_ascii(std::string_view text) override { found += text; }
  void print(char32_t character) override { ptyd::screen::append_utf8(found, character); }
  void control(char control) override { found += "{" + std::to_string(static_cast<int>(control)) + "}"; }
  void escape(char intermediate, char final) override {
    found += "{esc ";
    if (intermediate != 0) found.push_back(intermediate);
    found.push_back(final);
    found.push_back('}');
  }
  void csi(const Sequence& sequence) override { found += "{csi " + text(sequence) + "}"; }
  void osc(std::string_view text, bool bel) override {
    found.append("{osc ").append(text).append(bel ? " bel}" : " st}");
  }
  void dcs(const Sequence& sequence, std::string_view data) override {
    found.append("{dcs " + text(sequence) + " ").append(data).append("}");
  }

 private:
  static std::string text(const Sequence& sequence) {
    std::string out;
    if (sequence.prefix != 0) out.push_back(sequence.prefix);
    for (std::size_t i = 0; i < sequence.parameters.count; ++i) {
      const auto& value = sequence.parameters.values[i];
      if (i > 0 || value.sub) out.push_back(value.sub ? ':' : ';');
      if (value.given) out += std::to_string(value.number);
      if (!value.given && value.number != 0) out += "(not 0)";
    }
    for (const char c : sequence.intermediates)
      if (c != 0) out.push_back(c);
    out.push_back(sequence.final);
    return out;
  }
};

std::string parse(std::string_view bytes) {
  Parser parser;
  Recorder recorder;
  parser.feed(bytes, recorder);
  return recorder.found;
}

struct Case {
  std::string_view name;
  std::string_view bytes;
  std::string_view found;
};

void expect_all(const std::vector<Case>& cases) {
  for (const auto& [name, bytes, found] : cases) EXPECT_EQ(parse(bytes), found) << name;
}

// NUL within a literal.
template <std::size_t size>
std::string_view bytes(const char (&literal)[size]) {
  return {literal, size - 1};
}

TEST(Parser, TellsTextFromControls) {
  expect_all({
      {"text", "hello, world! 0123456789 abcdefghijklmnopqrstuvwxyz~",
       "hello, world! 0123456789 abcdefghijklmnopqrstuvwxyz~"},
      {"lines", "a\r\nb\tc\b\a", "a{13}{10}b{9}c{8}{7}"},
      {"NUL and DEL",
       bytes("a\0b\x7f\x7f"
             "c"),
       "abc"},
      {"CAN and SUB",
       "a\x18"
       "b\x1a"
       "c",
       "abc"},
      {"all other C0", "\x01\x02\x0e\x0f\x1c\x1d\x1e\x1f", "{1}{2}{14}{15}{28}{29}{30}{31}"},
  });
}

TEST(Parser, DecodesUtf8) {
  expect_all({
      {"two bytes", "\u00e9\u07ff\u00a0", "\u00e9\u07ff\u00a0"},
      {"three bytes", "\u0800\u4e2d\ud7ff\ue000\uffff", "\u0800\u4e2d\ud7ff\ue000\uffff"},
      {"four bytes", "\U00010000\U0001f600\U0010ffff", "\U00010000\U0001f600\U0010ffff"},
      {"C1 controls are passed over",
       "a\xc2\x80"
       "b\xc2\x9b"
       "31m\xc2\x9f",
       "ab31m"},
  });
}

// Unicode 16, tables 3-8 to 3-11.
TEST(Parser, ReplacesEachMaximalSubpartOfIllFormedUtf8) {
  expect_all({
      {"overlong", "\xc0\xaf\xe0\x80\xbf\xf0\x81\x82\x41", "\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\x41"},
      {"surrogates", "\xed\xa0\x80\xed\xbf\xbf\xed\xaf\x41", "\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\x41"},
      {"other", "\xf4\x91\x92\x93\xff\x41\x80\xbf\x42", "\ufffd\ufffd\ufffd\ufffd\ufffd\x41\ufffd\ufffd\x42"},
      {"truncated", "\xe1\x80\xe2\xf0\x91\x92\xf1\xbf\x41", "\ufffd\ufffd\ufffd\ufffd\x41"},
      {"raw C1",
       "\x9b"
       "31m\x90\x9d",
       "\ufffd31m\ufffd\ufffd"},
      {"a control in a character", "\xe4\xb8\n\xad", "\ufffd{10}\ufffd"},
      {"an escape in a character", "\xe4\xb8\x1b[m", "\ufffd{csi m}"},
      {"CAN in a character",
       "\xf0\x9f\x98\x18"
       "a",
       "\ufffd"
       "a"},
  });
}

TEST(Parser, FindsEscapeSequences) {
  expect_all({
      {"plain",
       "\x1b"
       "7\x1b"
       "c\x1b=\x1b\\",
       "{esc 7}{esc c}{esc =}{esc \\}"},
      {"with intermediate", "\x1b(0\x1b#8\x1b%G\x1b [", "{esc (0}{esc #8}{esc %G}{esc  [}"},
      {"too many intermediates", "\x1b(%0x\x1b(((0x", "xx"},
      {"controls inside",
       bytes("\x1b\n\0\x7f"
             "7"),
       "{10}{esc 7}"},
      {"begun anew",
       "\x1b\x1b(\x1b"
       "7",
       "{esc 7}"},
      {"aborted",
       "\x1b\x18"
       "7\x1b(\x1a"
       "8",
       "78"},
      {"character inside",
       "\x1b\u4e2d[m\x1b(\xff"
       "a",
       "[ma"},
  });
}

TEST(Parser, FindsControlSequences) {
  expect_all({
      {"no parameters", "\x1b[m\x1b[H", "{csi m}{csi H}"},
      {"parameters", "\x1b[1m\x1b[1;31mx\x1b[;m\x1b[1;m\x1b[;;5H", "{csi 1m}{csi 1;31m}x{csi ;m}{csi 1;m}{csi ;;5H}"},
      {"subparameters", "\x1b[38:2::1:2:3;4:3m\x1b[:m", "{csi 38:2::1:2:3;4:3m}{csi :m}"},
      {"prefixes", "\x1b[?25h\x1b[>c\x1b[=1u\x1b[<u", "{csi ?25h}{csi >c}{csi =1u}{csi <u}"},
      {"intermediates", "\x1b[1 q\x1b[?2026$p\x1b[!p\x1b[ !p", "{csi 1 q}{csi ?2026$p}{csi !p}{csi  !p}"},
      {"big numbers", "\x1b[65535A\x1b[65536A\x1b[99999999999999999999A\x1b[0007A",
       "{csi 65535A}{csi 65535A}{csi 65535A}{csi 7A}"},
      {"controls act before", "\x1b[2\n;\b3H\x1b[\r?25\th", "{10}{8}{csi 2;3H}{13}{9}{csi ?25h}"},
      {"NUL and DEL",
       bytes("\x1b\0[\x7f"
             "2\0;\x7f"
             "3H"),
       "{csi 2;3H}"},
      {"begun anew", "\x1b[1;2\x1b[3;4H", "{csi 3;4H}"},
      {"aborted", "\x1b[1\x18m\x1b[?\x1am", "mm"},
      {"finals", "\x1b[@\x1b[`\x1b[~", "{csi @}{csi `}{csi ~}"},
      {"character inside", "\x1b[1\u4e2dm\x1b[1\xffm\x1b[1\xe4m", "mmm"},
  });
}

TEST(Parser, PassesOverControlSequencesThatAreNone) {
  expect_all({
      {"prefix late", "\x1b[1?h!\x1b[??h!", "!!"},
      {"parameter after intermediate", "\x1b[1 2q!", "!"},
      {"too many intermediates", "\x1b[   q!", "!"},
      {"controls inside act", "\x1b[1?\n;:2$h!", "{10}!"},
      {"begun anew", "\x1b[1?\x1b[m", "{csi m}"},
      {"aborted", "\x1b[1?\x18m", "m"},
  });
}

TEST(Parser, DropsParametersFromThe33rdOn) {
  std::string bytes = "\x1b[1";
  for (int i = 2; i <= 32; ++i) bytes += ";" + std::to_string(i);
  const std::string kept = "{csi " + bytes.substr(2) + "m}";
  EXPECT_EQ(parse(bytes + "m"), kept);
  EXPECT_EQ(parse(bytes + ";m"), kept);
  EXPECT_EQ(parse(bytes + ";33;34:5m"), kept);
  EXPECT_EQ(parse(bytes + std::string(100'000, ';') + "m"), kept);
}

TEST(Parser, FindsOperatingSystemCommands) {
  expect_all({
      {"ended by BEL", "\x1b]0;title\a!", "{osc 0;title bel}!"},
      {"ended by ST", "\x1b]8;;http://a/\x1b\\!", "{osc 8;;http://a/ st}!"},
      {"empty", "\x1b]\a\x1b]\x1b\\", "{osc  bel}{osc  st}"},
      {"bytes are kept", "\x1b]2;\u4e2d\xff\x9c\a", "{osc 2;\u4e2d\xff\x9c bel}"},
      {"controls are dropped",
       bytes("\x1b]2;a\n\0\x7f\x01"
             "b\a"),
       "{osc 2;ab bel}"},
      {"cancelled",
       "\x1b]2;a\x18"
       "b\x1b]2;a\x1a"
       "c",
       "bc"},
      {"ended by another sequence", "\x1b]2;a\x1b[mb\x1b]2;a\x1b\x1b\\", "{csi m}b{esc \\}"},
      {"cancelled in ST", "\x1b]2;a\x1b\x18\\", "\\"},
      {"the one that is passed over", "\x1b]!x\a|\x1b]!\x1b\\", "|"},
      {"not terminated", "\x1b]0;title", ""},
  });
}

TEST(Parser, FindsDeviceControlStrings) {
  expect_all({
      {"request", "\x1bP$qm\x1b\\!", "{dcs $q m}!"},
      {"parameters", "\x1bP1;2:3+q544e;436f\x1b\\", "{dcs 1;2:3+q 544e;436f}"},
      {"prefix", "\x1bP>|text\x1b\\", "{dcs >| text}"},
      {"controls are data",
       bytes("\x1bPqa\a\nb\0\x7f"
             "c\x1b\\"),
       "{dcs q a\a\nbc}"},
      {"controls before the data are not", "\x1bP1\n;\a2q\x1b\\", "{dcs 1;2q }"},
      {"cancelled",
       "\x1bPqab\x18"
       "c\x1bP1\x1a"
       "d",
       "cd"},
      {"ended by another sequence", "\x1bPqab\x1b[m", "{csi m}"},
      {"no DCS", "\x1bP1?qab\x1b\\!\x1bP$ $qab\x1b\\!\x1bP1\u4e2dqab\x1b\\!", "!!!"},
  });
}

TEST(Parser, SwallowsOtherStrings) {
  expect_all({
      {"APC", "\x1b_Gf=100;AAAA\x1b\\!", "!"},
      {"PM and SOS", "\x1b^text\n\a\x1b\\!\x1bXtext\u4e2d\x1b\\!", "!!"},
      {"cancelled", "\x1b_text\x18!", "!"},
      {"ended by another sequence", "\x1b_text\x1b[m!", "{csi m}!"},
  });
}

TEST(Parser, PassesOverStringsThatAreTooLong) {
  const std::string most(Parser::kMaxOsc - 2, 'x');
  EXPECT_EQ(parse("\x1b]2;" + most + "\a!"), "{osc 2;" + most + " bel}!");
  EXPECT_EQ(parse("\x1b]2;x" + most + "\a!"), "!");
  EXPECT_EQ(parse("\x1b]2;x" + most + "\x1b\\!"), "!");
  const std::string most_data(Parser::kMaxDcs, 'x');
  EXPECT_EQ(parse("\x1bP$q" + most_data + "\x1b\\!"), "{dcs $q " + most_data + "}!");
  EXPECT_EQ(parse("\x1bP$qx" + most_data + "\a\x1b\\!"), "!");
}

TEST(Parser, TakesMoreTextForTheClipboard) {
  const std::string most(Parser::kMaxClipboard - 5, 'x');
  const std::string whole = "\x1b]52;c;" + most + "\a!";
  EXPECT_EQ(parse(whole), "{osc 52;c;" + most + " bel}!");
  EXPECT_EQ(parse("\x1b]52;c;x" + most + "\a!"), "!");

  Parser parser;  // byte by byte
  Recorder recorder;
  for (const char c : whole) parser.feed({&c, 1}, recorder);
  EXPECT_EQ(recorder.found, "{osc 52;c;" + most + " bel}!");
}

TEST(Parser, IsInGroundOnlyWhenNothingIsHalfDone) {
  for (const std::string_view half :
       {"\x1b", "\x1b(", "\x1b[", "\x1b[1", "\x1b[1 ", "\x1b[1?", "\x1bP", "\x1bP1", "\x1bPq", "\x1bP1?", "\x1b]",
        "\x1b]!", "\x1b_", "\x1b]0;a\x1b", "\xe4", "\xe4\xb8"}) {
    Parser parser;
    Recorder recorder;
    parser.feed(half, recorder);
    EXPECT_FALSE(parser.ground()) << half;
    EXPECT_NE(parser.pending(), "") << half;
    parser.reset();
    EXPECT_TRUE(parser.ground());
    EXPECT_EQ(parser.pending(), "");
  }
  for (const std::string_view whole :
       {"", "text", "\x1bM", "\x1b[m", "\x1b[1?m", "\x1b]0;a\a", "\x1bPq\x1b\\", "\u4e2d"}) {
    Parser parser;
    Recorder recorder;
    parser.feed(whole, recorder);
    EXPECT_TRUE(parser.ground()) << whole;
    EXPECT_EQ(parser.pending(), "") << whole;
  }
}

TEST(Parser, KnowsWhereASequenceEnded) {
  class Positions final : public ptyd::screen::ParserHandler {
   public:
    Parser parser;
    std::vector<std::size_t> ends;

    void print_ascii(std::string_view /*text*/) override {}
    void print(char32_t /*character*/) override {}
    void control(char /*control*/) override {}
    void escape(char /*intermediate*/, char /*final*/) override { ends.push_back(parser.position()); }
    void csi(const Sequence& /*sequence*/) override { ends.push_back(parser.position()); }
    void osc(std::string_view /*text*/, bool /*bel*/) override { ends.push_back(parser.position()); }
    void dcs(const Sequence& /*sequence*/, std::string_view /*data*/) override { ends.push_back(parser.position()); }
  };
  Positions found;
  found.parser.feed("ab\x1b[5n\x1bZ\x1b]0;?\ac\x1bP$qm\x1b\\\x1b[0 qd\x1b[1", found);
  EXPECT_EQ(found.ends, (std::vector<std::size_t>{6, 8, 14, 22, 27}));
  found.ends.clear();
  found.parser.feed("6n\x1b]0", found);
  found.parser.feed("\x1b\\", found);
  EXPECT_EQ(found.ends, (std::vector<std::size_t>{2, 2}));
}

TEST(Parser, PendingIsShortForWhatIsPassedOver) {
  for (const std::string_view begin : {"\x1b]2;", "\x1b]52;", "\x1bPq", "\x1b_", "\x1b[", "\x1b[;;;1?", "\x1b("}) {
    Parser parser;
    Recorder recorder;
    const char fill = begin[1] == '[' ? '1' : begin[1] == '(' ? ' ' : 'x';
    parser.feed(begin, recorder);
    parser.feed(std::string(3 * Parser::kMaxClipboard, fill), recorder);
    EXPECT_LT(parser.pending().size(), 16U) << begin;
  }
}

// Streams of what sequences are made of, so that each state is reached from each other.
class RandomStream {
 public:
  explicit RandomStream(std::uint64_t seed) : random_(seed) {}

  std::string next() {
    static const std::vector<std::string_view> pieces = {"\x1b",
                                                         "\x1b[",
                                                         "\x1b]",
                                                         "\x1bP",
                                                         "\x1b_",
                                                         "\x1b\\",
                                                         "\a",
                                                         "\x18",
                                                         "\x1a",
                                                         "\n",
                                                         std::string_view("\0", 1),
                                                         "\x7f",
                                                         "?",
                                                         ">",
                                                         "<",
                                                         "=",
                                                         ";",
                                                         ":",
                                                         "1",
                                                         "38",
                                                         "52;",
                                                         "99999",
                                                         " ",
                                                         "$",
                                                         "(",
                                                         "%",
                                                         "!",
                                                         "m",
                                                         "H",
                                                         "q",
                                                         "~",
                                                         "\\",
                                                         "text",
                                                         "sixteen bytes of plain text",
                                                         "\u00e9",
                                                         "\u4e2d",
                                                         "\U0001f600",
                                                         "\xc2",
                                                         "\x80",
                                                         "\x9b",
                                                         "\xe4",
                                                         "\xb8",
                                                         "\xf0\x9f",
                                                         "\xff"};
    std::string stream;
    for (auto count = 1 + random_() % 24; count > 0; --count) stream += pieces[random_() % pieces.size()];
    return stream;
  }

 private:
  std::mt19937_64 random_;
};

TEST(Parser, FindsTheSameHoweverTheStreamIsCut) {
  RandomStream streams(1);
  for (int i = 0; i < 2'000; ++i) {
    const std::string stream = streams.next();
    const std::string whole = parse(stream);
    for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
      Parser parser;
      Recorder recorder;
      parser.feed(std::string_view(stream).substr(0, cut), recorder);
      parser.feed(std::string_view(stream).substr(cut), recorder);
      ASSERT_EQ(recorder.found, whole) << testing::PrintToString(stream) << " cut at " << cut;
    }
    Parser parser;
    Recorder recorder;
    for (const char c : stream) parser.feed({&c, 1}, recorder);
    ASSERT_EQ(recorder.found, whole) << testing::PrintToString(stream);
  }
}

TEST(Parser, GoesOnFromPendingAsIfItHadNotStopped) {
  RandomStream streams(2);
  for (int i = 0; i < 2'000; ++i) {
    const std::string stream = streams.next();
    const std::string whole = parse(stream);
    for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
      Parser before;
      Recorder recorder;
      before.feed(std::string_view(stream).substr(0, cut), recorder);
      const std::string found_before = recorder.found;
      Parser after;
      after.feed(before.pending(), recorder);
      ASSERT_EQ(recorder.found, found_before) << testing::PrintToString(stream) << " cut at " << cut;
      ASSERT_EQ(after.pending(), before.pending());
      after.feed(std::string_view(stream).substr(cut), recorder);
      ASSERT_EQ(recorder.found, whole) << testing::PrintToString(stream) << " cut at " << cut;
    }
  }
}

TEST(Parser, GoesOnFromPendingAmidManyParametersAndLongStrings) {
  for (const std::string& begin :
       {"\x1b[" + std::string(40, ';') + "7", "\x1b[1" + std::string(31, ';'),
        "\x1bP1" + std::string(31, ':') + "qdata", "\x1b]2;" + std::string(Parser::kMaxOsc, 'x'),
        "\x1bPq" + std::string(Parser::kMaxDcs + 1, 'x')}) {
    for (const std::string_view end : {"5;6m!", "\a!", "\x1b\\!", "\x18!", ":2q\x1b\\!"}) {
      Parser before;
      Recorder recorder;
      before.feed(begin, recorder);
      Parser after;
      after.feed(before.pending(), recorder);
      after.feed(end, recorder);
      EXPECT_EQ(recorder.found, parse(begin + std::string(end))) << begin.substr(0, 40) << " ... " << end;
    }
  }
}

}  // namespace
