// What is waited for on a screen: what counts, where it was found, and that a look costs nothing when nothing came.
#include "daemon/session/screen_watches.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace ptyd {
namespace {

using Time = ScreenWatch::Time;

screen::TerminalOptions small() {
  screen::TerminalOptions options;
  options.rows = 4;
  options.columns = 20;
  return options;
}

WaitCondition matching(const std::string& pattern) {
  WaitCondition condition;
  condition.kind = WaitKind::match;
  condition.text = pattern;
  return condition;
}

// The test is the follower: it feeds the screen and keeps all output.
class ScreenWatchesTest : public testing::Test {
 protected:
  void feed(std::string_view output) {
    all_ += output;
    while (!output.empty()) {
      const auto size = watches_.before_output(terminal_, output.size(), now_);
      ASSERT_GT(size, 0u);
      const auto half = size / 2;
      terminal_.feed(output.substr(0, half));
      terminal_.feed(output.substr(half, size - half));
      watches_.output(terminal_, output.substr(0, half), output.substr(half, size - half), now_);
      output.remove_prefix(size);
    }
    look();
  }

  void look() {
    const auto read = [this](std::uint64_t offset, std::size_t max) {
      const auto from = std::max(offset, gone_);
      return PastOutput{from, all_.substr(from, std::min<std::uint64_t>(max, terminal_.offset() - from))};
    };
    watches_.look(terminal_, now_);
    while (watches_.behind(terminal_)) watches_.catch_up(terminal_, read, 1000);
    for (auto& hit : watches_.take_hits()) hits_.push_back(std::move(hit.hit));
  }

  void watch(std::vector<WaitCondition> conditions, std::uint64_t begin, bool only_new) {
    ScreenWatch::Spec spec;
    for (const auto& condition : conditions) {
      spec.patterns.emplace_back();
      if (condition.kind == WaitKind::match) spec.patterns.back() = *LinePattern::regex(condition.text, "text");
    }
    spec.conditions = std::move(conditions);
    spec.begin = begin;
    spec.only_new = only_new;
    watches_.add(std::make_shared<ScreenWatch>(std::move(spec), now_, [](WatchHit) {}));
    look();
  }

  screen::Terminal terminal_{small()};
  ScreenWatches watches_;
  std::string all_;
  std::uint64_t gone_ = 0;  // output before this is not kept
  Time now_{std::chrono::hours(1)};
  std::vector<WatchHit> hits_;
};

TEST_F(ScreenWatchesTest, TheOffsetIsThatOfTheByteThatMadeIt) {
  watch({matching("b+!"), matching("second")}, 0, false);
  const std::string noise(9000, '.');
  feed("a\r\n" + noise + "\r\nbbb!\r\n" + noise + "\r\nthe \x1b[1msec\x1b[mond one\r\n" + noise);
  ASSERT_EQ(hits_.size(), 2u);
  EXPECT_EQ(hits_[0].text, "bbb!");
  EXPECT_EQ(hits_[0].offset, all_.find("bbb!") + 4);
  EXPECT_EQ(hits_[1].text, "second");
  EXPECT_EQ(hits_[1].offset, all_.find("ond one") + 3);
  EXPECT_TRUE(watches_.empty()) << "who waits for nothing more is forgotten";
}

TEST_F(ScreenWatchesTest, OnlyWhatComesCountsForThoseThatAskForIt) {
  feed("$ ");
  watch({matching("[$] ")}, terminal_.offset(), true);
  feed("make\r\n");
  EXPECT_TRUE(hits_.empty()) << "the line changed, but its prompt is from before";
  feed("done\r\n$ ");
  ASSERT_EQ(hits_.size(), 1u);
  EXPECT_EQ(hits_[0].offset, all_.size());
}

TEST_F(ScreenWatchesTest, AWaitMayBeginWithinOutputThatIsOnItsWay) {
  watch({matching("x")}, 4, true);
  feed("x\r\nyzx");
  ASSERT_EQ(hits_.size(), 1u);
  EXPECT_EQ(hits_[0].offset, 6u);
}

TEST_F(ScreenWatchesTest, PastOutputIsReadAgain) {
  feed("one two one\r\nthree");
  watch({matching("one")}, 3, true);
  ASSERT_EQ(hits_.size(), 1u);
  EXPECT_EQ(hits_[0].offset, 11u);
  EXPECT_FALSE(hits_[0].incomplete);
  watch({matching("one")}, 11, true);
  EXPECT_EQ(hits_.size(), 1u);
  feed(" one");
  ASSERT_EQ(hits_.size(), 2u);
  EXPECT_EQ(hits_[1].offset, all_.size());
}

TEST_F(ScreenWatchesTest, PastOutputThatIsGoneIsTold) {
  feed("one\r\ntwo\r\nthree");
  gone_ = 5;
  watch({matching("two")}, 0, true);
  ASSERT_EQ(hits_.size(), 1u);
  EXPECT_TRUE(hits_[0].incomplete);
  gone_ = all_.size();
  watch({matching("three")}, 0, true);
  EXPECT_EQ(hits_.size(), 1u);
  feed(" three");
  ASSERT_EQ(hits_.size(), 2u);
  EXPECT_TRUE(hits_[1].incomplete);
}

TEST_F(ScreenWatchesTest, TheMiddleOfAnUpdateIsNotLookedAtForAWhile) {
  watch({matching("half")}, 0, false);
  feed("\x1b[?2026hhalf\x1b[1;1H");
  EXPECT_TRUE(hits_.empty());
  ASSERT_TRUE(watches_.due());
  EXPECT_EQ(*watches_.due(), now_ + ScreenWatches::kHold);
  feed("full\x1b[?2026l");
  EXPECT_TRUE(hits_.empty());
  feed("\x1b[?2026h\r\nhalf");
  now_ += ScreenWatches::kHold;
  look();
  EXPECT_EQ(hits_.size(), 1u) << "a program that does not end its update holds nobody up";
  EXPECT_FALSE(watches_.due());
}

TEST_F(ScreenWatchesTest, TheEndOfACommandHasItsStatusAndItsPlace) {
  WaitCondition command;
  command.kind = WaitKind::command;
  feed("\x1b]133;D;1\a");
  watch({command}, terminal_.offset(), false);
  watch({command}, terminal_.offset(), true);
  EXPECT_TRUE(hits_.empty());
  feed("\x1b]133;C\aout\x1b]133;D;7\a$ ");
  ASSERT_EQ(hits_.size(), 2u);
  for (const auto& hit : hits_) {
    EXPECT_EQ(hit.exit_code, 7);
    EXPECT_EQ(hit.offset, all_.find("$ "));
  }
}

TEST_F(ScreenWatchesTest, LinesAreFoundHoweverTheyAreCutIntoPieces) {
  const std::string script = "one\r\n\x1b[31mtwo\x1b[m three\r\nfour five six seven eight\r\nnine\r\n\r\n\r\nten";
  for (std::size_t cut = 1; cut < script.size(); ++cut) {
    SCOPED_TRACE(cut);
    terminal_ = screen::Terminal(small());
    watches_ = ScreenWatches();
    all_.clear();
    hits_.clear();
    watch({matching("^two three$"), matching("seven eight"), matching("^nine$")}, 0, cut % 2 == 0);
    feed(std::string_view(script).substr(0, cut));
    feed(std::string_view(script).substr(cut));
    ASSERT_EQ(hits_.size(), 3u);
    EXPECT_EQ(hits_[0].offset, script.find("three") + 5);
    EXPECT_EQ(hits_[1].offset, script.find("eight") + 5);
    EXPECT_EQ(hits_[2].offset, script.find("nine") + 4);
  }
}

}  // namespace
}  // namespace ptyd
