#include "daemon/core/terminal_parser.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace ptyd {
namespace {

// Writes down what it is told; neighbouring texts are one.
class Notes final : public TerminalEvents {
 public:
  void on_text(std::string_view text) override {
    if (!in_text_) out += "T";
    in_text_ = true;
    out += text;
  }
  void on_stray(std::uint8_t byte) override { note("?" + std::to_string(byte)); }
  void on_control(char control) override { note("C" + std::to_string(static_cast<int>(control))); }
  void on_escape(std::string_view intermediates, char final) override {
    note("E" + std::string(intermediates) + final);
  }
  void on_csi(const CsiSequence& csi) override {
    note(std::string("[") + (csi.prefix != 0 ? std::string(1, csi.prefix) : "") + "(" + std::string(csi.parameters) +
         ")" + std::string(csi.intermediates) + csi.final);
  }
  void on_string(StringKind kind, std::string_view payload) override {
    note(std::string(1, "]PX^_"[static_cast<int>(kind)]) + std::string(payload));
  }

  std::string out;

 private:
  void note(const std::string& text) {
    out += "<" + text + ">";
    in_text_ = false;
  }
  bool in_text_ = false;
};

std::string parse(std::string_view bytes, std::size_t cut = 0) {
  TerminalParser parser;
  Notes notes;
  parser.feed(bytes.substr(0, cut), notes);
  parser.feed(bytes.substr(cut), notes);
  return notes.out;
}

const std::vector<std::pair<std::string, std::string>> kCases{
    {"hello", "Thello"},
    {"a\nb", "Ta<C10>Tb"},
    {"\x7f", "<C127>"},
    {"\x1b[31mx", "<[(31)m>Tx"},
    {"\x1b[?25;1h", "<[?(25;1)h>"},
    {"\x1b[ q", "<[() q>"},
    {"\x1b[4:3m", "<[(4:3)m>"},
    {"\x1b[1?m x", "T x"},
    {"\x1b[ 1q x", "T x"},
    {"\x1b[3\n1m", "<C10><[(31)m>"},
    {"\x1b[3\x18"
     "1m",
     "T1m"},
    {"\x1b[3\x1b[1m", "<[(1)m>"},
    {"\x1b[3\xC3\xA9m", "T\xC3\xA9m"},
    {"\x1b(B", "<E(B>"},
    {"\x1b\x1b"
     "7",
     "<E7>"},
    {"\x1b#8", "<E#8>"},
    {"\x1b    7x", "Tx"},
    {"\x1b]0;t\x07", "<]0;t>"},
    {"\x1b]0;t\x1b\\", "<]0;t>"},
    {"\x1b]0;t\x1b[m", "<[()m>"},
    {"\x1b]0;t\xC3\xA9\x07", "<]0;t\xC3\xA9>"},
    {"\x1b]0;t\xC3\x9C\x07", "<]0;t\xC3\x9C>"},
    {"\x1b]0;t\x9Cx", "<]0;t>Tx"},
    {"\x1b]0;t\xC2\x9Cx", "<]0;t>Tx"},
    {"\x1b]0;t\x18x", "Tx"},
    {"\x1bPq\x07z\x1b\\", "<Pqz>"},
    {"\x1b_Ga=q\x1b\\", "<_Ga=q>"},
    {"\x1bXs\x1b\\\x1b^p\x1b\\", "<Xs><^p>"},
    {"\xC2\x9B"
     "5n",
     "<[(5)n>"},
    {"\xC2\x85", "<EE>"},
    {"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80", "T\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"},
    {"\x9B"
     "5n",
     "<?155>T5n"},
    {"\xC3x", "<?195>Tx"},
    {"\xE2\x82x", "<?226><?130>Tx"},
    {"\xC0\x80\xED\xA0\x80\xF4\x90", "<?192><?128><?237><?160><?128><?244><?144>"},
    {"\xE2\x82\x1b[m", "<?226><?130><[()m>"},
};

TEST(TerminalParser, TakesBytesApart) {
  for (const auto& [bytes, wanted] : kCases) EXPECT_EQ(parse(bytes), wanted) << testing::PrintToString(bytes);
}

TEST(TerminalParser, CutsMakeNoDifference) {
  for (const auto& [bytes, wanted] : kCases)
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut)
      EXPECT_EQ(parse(bytes, cut), wanted) << testing::PrintToString(bytes) << " cut at " << cut;
}

TEST(TerminalParser, PassesOverWhatExceedsTheBounds) {
  const std::string many(TerminalParser::kMaxString, '1');
  EXPECT_EQ(parse("\x1b[" + many + "mx"), "Tx");
  EXPECT_EQ(parse("\x1b]" + many + "\x07x"), "<]" + many + ">Tx");
  EXPECT_EQ(parse("\x1b]" + many + "1\x07x"), "Tx");
  EXPECT_EQ(parse("\x1b" + std::string(1000, '!') + "7x"), "Tx");
}

TEST(TerminalParser, ReadsParameters) {
  CsiSequence csi;
  csi.parameters = "5;;12:3;99999999999";
  EXPECT_EQ(csi.parameter(0, 7), 5u);
  EXPECT_EQ(csi.parameter(1, 7), 7u);
  EXPECT_EQ(csi.parameter(2, 7), 12u);
  EXPECT_EQ(csi.parameter(3, 7), 65535u);
  EXPECT_EQ(csi.parameter(4, 7), 7u);
}

TEST(TerminalParser, RandomBytesCutAnywhereGiveTheSame) {
  std::mt19937 random(11);
  const std::string alphabet =
      "\x1b\x1b\x1b[]P\\;?01m\x07\x18\n\xC2\x9B\x9C\xE2\x82\xAC"
      "a";
  for (int i = 0; i < 500; ++i) {
    std::string bytes;
    for (int k = 0; k < 60; ++k) bytes += alphabet[random() % alphabet.size()];
    const auto wanted = parse(bytes);
    TerminalParser parser;
    Notes notes;
    for (const char byte : bytes) parser.feed({&byte, 1}, notes);
    ASSERT_EQ(notes.out, wanted) << testing::PrintToString(bytes);
  }
}

}  // namespace
}  // namespace ptyd
