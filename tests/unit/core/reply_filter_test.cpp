#include "daemon/core/reply_filter.hpp"

#include <gtest/gtest.h>

namespace ptyd {
namespace {

using TimePoint = ReplyFilter::TimePoint;
constexpr TimePoint kStart{};

struct Sorted {
  std::string typed;
  std::string answers;
  bool operator==(const Sorted&) const = default;
};

void add(Sorted& sorted, const std::vector<ReplyFilter::Piece>& pieces) {
  for (const auto& piece : pieces) (piece.answer ? sorted.answers : sorted.typed) += piece.bytes;
}

Sorted sort(std::string_view input, bool position_asked = false, std::size_t cut = 0) {
  ReplyFilter filter;
  Sorted sorted;
  if (cut > 0) add(sorted, filter.feed(input.substr(0, cut), kStart, position_asked));
  add(sorted, filter.feed(input.substr(cut), kStart, position_asked));
  add(sorted, filter.tick(kStart + ReplyFilter::kHold));
  return sorted;
}

TEST(ReplyFilter, DropsWhatTerminalsAnswer) {
  const std::string answers[] = {"\x1b[?62;22c",
                                 "\x1b[>1;10;0c",
                                 "\x1b[=0c",
                                 "\x1b[0n",
                                 "\x1b[3n",
                                 "\x1b[24;80R",
                                 "\x1b[1;1R",
                                 "\x1b[1;17R",
                                 "\x1b[2;5R",
                                 "\x1b[?3;4;1R",
                                 "\x1b[?2026;2$y",
                                 "\x1b[4;1$y",
                                 "\x1b[?5u",
                                 "\x1b[4;600;800t",
                                 "\x1b[6;16;8t",
                                 "\x1b[8;24;80t",
                                 "\x1b]10;rgb:ffff/ffff/ffff\x1b\\",
                                 "\x1b]11;rgb:00/00/00\a",
                                 "\x1b]4;255;rgb:1111/2222/3333\x1b\\",
                                 "\x1bP1$r0m\x1b\\",
                                 "\x1bP0+r\x1b\\",
                                 "\x1bP1+r544e=78\x1b\\",
                                 "\x1bP>|XTerm(370)\x1b\\",
                                 "\x1bP!|00000000\x1b\\"};
  for (const auto& answer : answers) {
    const Sorted want{"ab", answer};
    EXPECT_EQ(sort("a" + answer + "b"), want) << answer.substr(1);
    // The first cut leaves ESC alone, which is typed at once.
    for (std::size_t cut = 3; cut <= answer.size(); ++cut) EXPECT_EQ(sort("a" + answer + "b", false, cut), want) << cut;
    EXPECT_EQ(sort("a" + answer + "b", false, 2).typed,
              "a\x1b"
              "b");
  }
}

TEST(ReplyFilter, LetsKeysThrough) {
  const std::string keys[] = {"plain text \xc3\xa4",
                              "\x1b",
                              "\x1b\x1b",
                              "\x1b[A",
                              "\x1b[1;5R",
                              "\x1b[1;2R",
                              "\x1b[R",
                              "\x1bOR",
                              "\x1b[15~",
                              "\x1b[27;5;9~",
                              "\x1b[97;5u",
                              "\x1b[1u",
                              "\x1b[I",
                              "\x1b[<0;1;2M",
                              "\x1b[M !!",
                              "\x1b[200~pasted\x1b[201~",
                              "\x1bx",
                              "\x1b[",
                              "\x1b]",
                              "\x1bP",
                              "\x1b[5n",
                              "\x1b[c",
                              "\x1b[?997;1n",
                              "\x1b[48;24;80;0;0t",
                              "\x1b]52;c;aGk=\x1b\\",
                              "\x1b_Gi=1;OK\x1b\\",
                              "\x1b]11;?\x1b\\",
                              "\x1b[3;4;5R"};
  for (const auto& key : keys) {
    const Sorted want{key, ""};
    EXPECT_EQ(sort(key), want) << key.substr(1);
    for (std::size_t cut = 1; cut < key.size(); ++cut) EXPECT_EQ(sort(key, false, cut), want) << key.substr(1) << cut;
  }
}

TEST(ReplyFilter, F3WithModifiersIsAPositionOnlyWhenItWasAskedFor) {
  EXPECT_EQ(sort("\x1b[1;5R", false), (Sorted{"\x1b[1;5R", ""}));
  EXPECT_EQ(sort("\x1b[1;5R", true), (Sorted{"", "\x1b[1;5R"}));
}

TEST(ReplyFilter, AnAnswerBehindAKeyIsFound) {
  EXPECT_EQ(sort("\x1b\x1b[?62c\x1bx"), (Sorted{"\x1b\x1bx", "\x1b[?62c"}));
  EXPECT_EQ(sort("\x1b[\x1b[0nq"), (Sorted{"\x1b[q", "\x1b[0n"}));
  EXPECT_EQ(sort("\x1b]11;\x1b[0nq"), (Sorted{"\x1b]11;q", "\x1b[0n"}));
}

TEST(ReplyFilter, HoldsABeginningForAMomentAndASingleEscapeNotAtAll) {
  ReplyFilter filter;
  Sorted sorted;
  add(sorted, filter.feed("\x1b", kStart, false));
  EXPECT_EQ(sorted.typed, "\x1b");
  EXPECT_FALSE(filter.deadline());
  add(sorted, filter.feed("[", kStart, false));
  EXPECT_EQ(sorted.typed, "\x1b");
  ASSERT_EQ(filter.deadline(), kStart + ReplyFilter::kHold);
  add(sorted, filter.tick(kStart));
  EXPECT_EQ(sorted.typed, "\x1b");
  add(sorted, filter.tick(kStart + ReplyFilter::kHold));
  EXPECT_EQ(sorted.typed, "\x1b[");
  EXPECT_FALSE(filter.deadline());
}

TEST(ReplyFilter, HoldsNoMoreThanItMay) {
  ReplyFilter filter;
  Sorted sorted;
  add(sorted, filter.feed("\x1bP1$r" + std::string(3 * ReplyFilter::kMaxHeld, 'x'), kStart, false));
  EXPECT_GT(sorted.typed.size(), 2 * ReplyFilter::kMaxHeld);
}

TEST(ReplyFilter, GoesOnInAnotherOne) {
  const std::string input = "a\x1b[?62;22cb\x1b[A\x1b]11;rgb:00/00/00\ac\x1b[1;5";
  for (std::size_t cut = 1; cut <= input.size(); ++cut) {
    ReplyFilter first;
    Sorted sorted;
    add(sorted, first.feed(input.substr(0, cut), kStart, false));
    ReplyFilter second;
    second.resume(first.held());
    EXPECT_EQ(second.deadline(), first.deadline()) << cut;
    add(sorted, second.feed(input.substr(cut), kStart, false));
    add(sorted, second.tick(kStart + ReplyFilter::kHold));
    EXPECT_EQ(sorted, sort(input, false, cut)) << cut;
  }
}

}  // namespace
}  // namespace ptyd
