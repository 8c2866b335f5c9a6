#include "common/asciicast.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ptyd {
namespace {

using std::chrono::microseconds;

CastHeader header(unsigned version) {
  CastHeader header;
  header.version = version;
  header.cols = 100;
  header.rows = 30;
  header.unix_seconds = 1795249227;
  header.term = "xterm-256color";
  header.title = "a \"b\"";
  return header;
}

TEST(Asciicast, HeadersAreThoseOfTheirVersions) {
  std::string out;
  CastWriter(header(2)).header(out);
  EXPECT_EQ(out,
            "{\"version\": 2, \"width\": 100, \"height\": 30, \"timestamp\": 1795249227, \"title\": \"a \\\"b\\\"\", "
            "\"env\": {\"TERM\": \"xterm-256color\"}}\n");
  out.clear();
  CastWriter(header(3)).header(out);
  EXPECT_EQ(out,
            "{\"version\": 3, \"term\": {\"cols\": 100, \"rows\": 30, \"type\": \"xterm-256color\"}, \"timestamp\": "
            "1795249227, \"title\": \"a \\\"b\\\"\"}\n");
}

TEST(Asciicast, TimesCountFromTheBeginningOrFromTheEventBefore) {
  for (const unsigned version : {2u, 3u}) {
    CastWriter writer(header(version));
    std::string out;
    writer.output(microseconds(1'500'000), "a\r\n", out);
    writer.resize(microseconds(2'000'000), 80, 24, out);
    writer.marker(microseconds(1'000'000), "back\x1b", out);  // never back
    writer.input(microseconds(2'000'001), "\x7f", out);
    writer.finish(microseconds(3'000'000), "2", out);
    EXPECT_EQ(out, version == 2 ? "[1.500000, \"o\", \"a\\r\\n\"]\n[2.000000, \"r\", \"80x24\"]\n"
                                  "[2.000000, \"m\", \"back\\u001b\"]\n[2.000001, \"i\", \"\\u007f\"]\n"
                                : "[1.500000, \"o\", \"a\\r\\n\"]\n[0.500000, \"r\", \"80x24\"]\n"
                                  "[0.000000, \"m\", \"back\\u001b\"]\n[0.000001, \"i\", \"\\u007f\"]\n"
                                  "[0.999999, \"x\", \"2\"]\n");
  }
}

TEST(Utf8Pieces, CutAnywhereGiveTheSame) {
  const std::string text = "a\xC3\xA9\xE6\xBC\xA2\xF0\x9F\x98\x80z";
  const std::string broken = "\xC3(\xE6\xBC\xFF\xED\xA0\x80\xF0\x9F\x98" "b\xC0\xAF";
  for (const auto& whole : {text, broken, text + broken + text}) {
    Utf8Pieces at_once;
    const auto expected = at_once.feed(whole) + at_once.finish();
    for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
      Utf8Pieces pieces;
      const auto first = pieces.feed(whole.substr(0, cut));
      const auto second = pieces.feed(whole.substr(cut));
      EXPECT_EQ(first + second + pieces.finish(), expected) << cut;
    }
  }
  Utf8Pieces pieces;
  EXPECT_EQ(pieces.feed(text), text);
  EXPECT_EQ(pieces.feed("\xE6\xBC"), "");
  EXPECT_EQ(pieces.finish(), "\xEF\xBF\xBD");
  EXPECT_EQ(pieces.feed("\xFF"), "\xEF\xBF\xBD");
}

TEST(Asciicast, ACharacterIsNeverSplitOverEvents) {
  CastWriter writer(header(2));
  std::string out;
  writer.output(microseconds(0), "\xE6\xBC", out);
  EXPECT_EQ(out, "");
  writer.output(microseconds(1), "\xA2!", out);
  EXPECT_EQ(out, "[0.000001, \"o\", \"\xE6\xBC\xA2!\"]\n");
  out.clear();
  writer.output(microseconds(2), "\xE6", out);
  writer.finish(microseconds(3), "0", out);
  EXPECT_EQ(out, "[0.000003, \"o\", \"\xEF\xBF\xBD\"]\n");
}

}  // namespace
}  // namespace ptyd
