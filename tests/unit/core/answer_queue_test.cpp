#include "daemon/core/answer_queue.hpp"

#include <gtest/gtest.h>

namespace ptyd {
namespace {

using TimePoint = AnswerQueue::TimePoint;
constexpr TimePoint kStart{};
const std::string kDark = "\x1b]11;rgb:0000/0000/0000\x1b\\";
const std::string kLight = "\x1b]11;rgb:ffff/eeee/dddd\x1b\\";

TEST(ColorAnswer, IsReadInEveryForm) {
  struct Case {
    const char* answer;
    ColorKey key;
    const char* color;
  };
  const Case cases[] = {{"\x1b]11;rgb:ff/80/00\a", 267, "rgb:ffff/8080/0000"},
                        {"\x1b]10;rgb:f/8/0\x1b\\", 266, "rgb:ffff/8888/0000"},
                        {"\x1b]12;rgba:1234/5678/9abc/ffff\x1b\\", 268, "rgb:1234/5678/9abc"},
                        {"\x1b]4;7;rgb:1234/5678/9abc\x1b\\", 7, "rgb:1234/5678/9abc"}};
  for (const auto& one : cases) {
    const auto parsed = parse_color_answer(one.answer);
    ASSERT_TRUE(parsed) << one.color;
    EXPECT_EQ(parsed->key, one.key);
    EXPECT_EQ(parsed->color, one.color);
  }
  for (const char* bad : {"", "\x1b]11;?\a", "\x1b]13;rgb:0/0/0\a", "\x1b]4;256;rgb:0/0/0\a", "\x1b]11;rgb:00000/0/0\a",
                          "\x1b]11;rgb:0/0\a", "\x1b[?62c", "\x1b]11;rgb:/0/0\a"})
    EXPECT_FALSE(parse_color_answer(bad)) << bad;
}

TEST(AnswerQueue, AnswersComeInTheOrderOfTheQuestions) {
  AnswerQueue queue;
  queue.push("1");
  queue.push_color(kDark, kStart + AnswerQueue::kColorWait);
  queue.push("2");
  EXPECT_EQ(queue.take(kStart), "1");
  EXPECT_EQ(queue.deadline(), kStart + AnswerQueue::kColorWait);
  EXPECT_EQ(queue.take(kStart), "");
  queue.learn({267, "rgb:ffff/eeee/dddd"});
  EXPECT_EQ(queue.take(kStart), kLight + "2");
  EXPECT_TRUE(queue.empty());
  EXPECT_FALSE(queue.deadline());
}

TEST(AnswerQueue, AColorThatNobodyTellsIsTheModels) {
  AnswerQueue queue;
  queue.push_color(kDark, kStart + AnswerQueue::kColorWait);
  EXPECT_EQ(queue.take(kStart + AnswerQueue::kColorWait), kDark);
  queue.push_color(kDark, std::nullopt);
  EXPECT_EQ(queue.take(kStart), kDark);
}

TEST(AnswerQueue, AColorIsToldOnce) {
  AnswerQueue queue;
  queue.learn({267, "rgb:ffff/eeee/dddd"});
  queue.push_color(kDark, kStart + AnswerQueue::kColorWait);
  EXPECT_EQ(queue.take(kStart), kLight);
}

TEST(AnswerQueue, NothingWaitsWhenTooMuchDoes) {
  AnswerQueue queue;
  queue.push_color(kDark, kStart + AnswerQueue::kColorWait);
  queue.push(std::string(AnswerQueue::kMaxBytes - kDark.size(), 'x'));
  EXPECT_EQ(queue.take(kStart), "");
  queue.push("y");
  EXPECT_EQ(queue.take(kStart).size(), AnswerQueue::kMaxBytes + 1);
}

}  // namespace
}  // namespace ptyd
