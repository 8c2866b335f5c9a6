#include <gtest/gtest.h>

#include <random>
#include <set>
#include <vector>

#include "daemon/core/replay_filter.hpp"

namespace ptyd {
namespace {

TEST(SafeStart, PrefersTheBeginOfALine) {
  struct Case {
    std::string history;
    std::size_t wanted;
  };
  const std::vector<Case> cases{
      {"", 0},
      {"\n", 1},
      {"rest of a line\nnext", 15},
      {"31mred\r\nnext", 8},
      {"50%\r51%", 4},
      {"title\x07prompt", 6},
      {"red\x1b[mplain", 3},
      {"\x1b[mplain", 0},
      {"\xA9\xC3\xA9\nx", 4},
      {"31m", 3},
      {"31mabc", 3},
      {"[31mabc", 4},
      {"31", 2},
      {"\xA9", 1},
      {"q~-\n~-\x1b\\text\n", 8},
      {"\\text\nx", 6},
      {"31\x18text", 3},
      {"\x1b", 0},
  };
  for (const auto& test : cases)
    EXPECT_EQ(safe_start(test.history), test.wanted) << testing::PrintToString(test.history);
}

// A stream, and the offsets in it that are inside no character and no sequence.
struct Stream {
  std::string bytes;
  std::set<std::size_t> safe{0};

  void whole(const std::string& sequence) {
    bytes += sequence;
    safe.insert(bytes.size());
  }
};

Stream random_stream(std::uint32_t seed) {
  static const std::vector<std::string> kParts{"a",
                                               "Z",
                                               "7",
                                               ";",
                                               " ",
                                               "\xC3\xA9",
                                               "\xE2\x82\xAC",
                                               "\xF0\x9F\x98\x80",
                                               "\n",
                                               "\r",
                                               "\x07",
                                               "\x1b[31m",
                                               "\x1b[1;2H",
                                               "\x1b[?25l",
                                               "\x1b(B",
                                               "\x1b=",
                                               "\x1b]0;a title\x07",
                                               "\x1b]8;;http://x\x1b\\",
                                               "\x1bPq#1~~-\n~~-\n\x1b\\",
                                               "\x1b_Ga=T;QUJD\x1b\\"};
  std::mt19937 random(seed);
  Stream stream;
  for (int i = 0; i < 60; ++i) stream.whole(kParts[random() % (seed % 2 == 0 ? kParts.size() : 15)]);
  return stream;
}

TEST(SafeStart, IsNeverInsideACharacterOrASequence) {
  for (std::uint32_t seed = 1; seed <= 300; ++seed) {
    const auto stream = random_stream(seed);
    for (std::size_t cut = 0; cut <= stream.bytes.size(); ++cut) {
      const auto start = cut + safe_start(std::string_view(stream.bytes).substr(cut));
      ASSERT_TRUE(stream.safe.contains(start))
          << testing::PrintToString(stream.bytes) << " cut at " << cut << " starts at " << start;
    }
  }
}

}  // namespace
}  // namespace ptyd
