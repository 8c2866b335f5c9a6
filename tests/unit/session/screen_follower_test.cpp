#include "daemon/session/screen_follower.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/unit/hostlink/test_ring.hpp"

namespace ptyd {
namespace {

using Clock = std::chrono::steady_clock;

// The test is the session: it follows when there is output, and lets go of what the screen has seen.
class ScreenFollowerTest : public testing::Test {
 protected:
  ScreenFollowerTest()
      : view_(*RingView::map(ring_.handle())),
        follower_(std::make_shared<ScreenFollower>(
            thread_, loop_.get_executor(), view_, [this](ScreenNews&& news) { take(std::move(news)); }, [] {})) {}

  ~ScreenFollowerTest() override {
    follower_->stop();
    run_until([] { return true; });
  }

  void start(ScreenSetup setup = {}) {
    if (setup.checkpoint_bytes == 0) setup.checkpoint_bytes = TestRing::kCapacity / 2;
    follower_->start(std::move(setup));
  }

  // As in the next daemon.
  void restart() {
    follower_->stop();
    follower_ = std::make_shared<ScreenFollower>(
        thread_, loop_.get_executor(), view_, [this](ScreenNews&& news) { take(std::move(news)); }, [] {});
    ScreenSetup setup;
    setup.checkpoint = checkpoint_;
    start(std::move(setup));
  }

  void take(ScreenNews&& news) {
    parsed_ = news.parsed;
    approximate_ = news.approximate;
    for (auto& answer : news.answers) answers_.push_back(std::move(answer));
    if (news.checkpoint) checkpoint_ = std::move(*news.checkpoint);
    old_commands_ += news.old_commands;
    for (auto& mark : news.commands) commands_.push_back(std::move(mark));
    for (auto& hit : news.hits) hits_.push_back(std::move(hit.hit));
  }

  void run_until(const std::function<bool()>& done) {
    const auto deadline = Clock::now() + std::chrono::seconds(60);
    while (!done()) {
      ASSERT_LT(Clock::now(), deadline);
      follower_->follow();
      loop_.restart();
      if (loop_.poll() == 0) std::this_thread::yield();
    }
  }

  // Until `look` was had.
  void look(ScreenFollower::Look look) {
    bool done = false;
    follower_->look(std::move(look), [&done](bool seen) { done = seen; });
    run_until([&done] { return done; });
  }

  std::uint64_t hash() {
    std::uint64_t hash = 0;
    look([&hash](const screen::Terminal& terminal, bool) { hash = terminal.hash(); });
    return hash;
  }

  // Writes as a host does that waits at the floor; gives up when the test does.
  void write(const std::string& text) {
    while (ring_.header().head + text.size() > parsed_ + TestRing::kCapacity) {
      if (HasFatalFailure()) return;
      std::this_thread::yield();
    }
    ring_.write(text);
  }

  void note_size(std::uint16_t rows, std::uint16_t columns) {
    const std::uint64_t count = ring_.header().size_change_count;
    auto& change = ring_.header().size_changes[count % host::kSizeChanges];
    change.offset = ring_.header().head.load();
    change.size = columns | static_cast<std::uint64_t>(rows) << 16;
    ring_.header().size_change_count = count + 1;
  }

  TestRing ring_;
  RingView view_;
  boost::asio::io_context loop_;
  ScreenThread thread_;
  std::atomic<std::uint64_t> parsed_{0};
  bool approximate_ = false;
  std::vector<ScreenNews::Answer> answers_;
  std::string checkpoint_;
  std::vector<WatchHit> hits_;
  std::vector<CommandMark> commands_;
  std::size_t old_commands_ = 0;
  std::shared_ptr<ScreenFollower> follower_;
};

std::string numbered_lines(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += "\x1b[3" + std::to_string(i % 8) + "mline " + std::to_string(i) + "\r\n";
  return text;
}

std::uint64_t hash_of(const std::string& output, int rows = 24, int columns = 80) {
  screen::TerminalOptions options;
  options.rows = rows;
  options.columns = columns;
  screen::Terminal terminal(options);
  terminal.feed(output);
  return terminal.hash();
}

TEST_F(ScreenFollowerTest, ShowsWhatAnotherThreadWritesManyTimesTheRingsSize) {
  start();
  const std::string all = numbered_lines(60'000);
  ASSERT_GT(all.size(), 10 * TestRing::kCapacity);
  std::thread writer([&] {
    for (std::size_t at = 0, piece = 1; at < all.size(); at += piece, piece = piece * 7 % 30'011 + 1)
      write(all.substr(at, piece));
  });
  std::uint64_t looks = 0;
  std::uint64_t asked = 0;
  run_until([&] {
    if (looks == asked && parsed_ < all.size()) {
      const auto head = view_.head();
      follower_->look([head](const screen::Terminal& terminal, bool) { EXPECT_GE(terminal.offset(), head); },
                      [&looks](bool seen) { looks += seen ? 1 : 0; });
      ++asked;
    }
    return parsed_ == all.size() && looks == asked;
  });
  writer.join();
  EXPECT_FALSE(approximate_);
  EXPECT_GT(looks, 2U);
  EXPECT_EQ(hash(), hash_of(all));
}

TEST_F(ScreenFollowerTest, AnswersOnceInTheOrderOfTheQuestionsAndCountsTheirBytes) {
  start();
  std::thread writer([&] {
    for (int i = 0; i < 2'000; ++i) write("\x1b[" + std::to_string(i % 20 + 1) + ";7H\x1b[6n some text");
  });
  run_until([&] { return answers_.size() == 2'000; });
  writer.join();
  std::uint64_t offset = 0;
  for (std::size_t i = 0; i < answers_.size(); ++i) {
    EXPECT_EQ(answers_[i].text, "\x1b[" + std::to_string(i % 20 + 1) + ";7R");
    EXPECT_EQ(answers_[i].offset, offset);
    EXPECT_TRUE(answers_[i].position);
    offset += answers_[i].text.size();
  }
}

TEST_F(ScreenFollowerTest, LaysOutputOutAtTheSizeThatItWasWrittenFor) {
  start();
  note_size(4, 10);
  ring_.write("0123456789abc\r\n");
  note_size(4, 20);
  ring_.write("0123456789abc");
  int columns = 0;
  std::string first;
  look([&](const screen::Terminal& terminal, bool) {
    columns = terminal.columns();
    for (const auto& cell : terminal.active().cells(0).first(13)) terminal.append_text(cell, first);
  });
  EXPECT_EQ(columns, 20);
  EXPECT_EQ(first, "0123456789abc");
}

TEST_F(ScreenFollowerTest, CountsEachSizeAtOnePlace) {
  const std::string output = "\x1b[?1049hcut when the screen is narrow";
  write(output);
  note_size(24, 10);
  note_size(24, 80);
  start();
  run_until([this] { return parsed_ == ring_.header().head.load(); });
  screen::Terminal terminal{screen::TerminalOptions()};
  terminal.feed(output);
  terminal.resize(24, 10);
  terminal.resize(24, 80);
  EXPECT_EQ(terminal.hash(), hash());
  EXPECT_NE(terminal.hash(), hash_of(output));
}

TEST_F(ScreenFollowerTest, SaysThatSizesWereForgottenBeforeItSawThem) {
  start();
  write("what the sizes are for");
  run_until([this] { return parsed_ == ring_.header().head.load(); });
  EXPECT_FALSE(approximate_);
  for (std::uint16_t i = 0; i < 2 * host::kSizeChanges; ++i) note_size(24, i % 2 == 0 ? 10 : 80);
  write(" is known");
  run_until([this] { return parsed_ == ring_.header().head.load(); });
  EXPECT_TRUE(approximate_);
}

TEST_F(ScreenFollowerTest, SaysThatSizesBehindItsCheckpointWereForgotten) {
  ScreenSetup few;
  few.checkpoint_bytes = 8;
  start(std::move(few));
  write("that is more than eight");
  run_until([this] { return parsed_ == ring_.header().head.load(); });
  ASSERT_FALSE(checkpoint_.empty());
  for (std::uint16_t i = 0; i < 2 * host::kSizeChanges; ++i) note_size(24, i % 2 == 0 ? 10 : 80);
  restart();
  static_cast<void>(hash());
  EXPECT_TRUE(approximate_);
}

TEST_F(ScreenFollowerTest, HasACheckpointBeforeTheSizesBehindItAreForgotten) {
  start();
  screen::Terminal terminal{screen::TerminalOptions()};
  for (std::uint16_t i = 0; i < 3 * host::kSizeChanges; ++i) {
    const std::string line = "line " + std::to_string(i) + "\r\n";
    const int columns = i % 2 == 0 ? 10 : 80;
    note_size(24, static_cast<std::uint16_t>(columns));
    terminal.resize(24, columns);
    write(line);
    terminal.feed(line);
    run_until([this] { return parsed_ == ring_.header().head.load(); });
  }
  ASSERT_FALSE(checkpoint_.empty());
  restart();
  EXPECT_EQ(hash(), terminal.hash());
  EXPECT_FALSE(approximate_);
}

// The host has more answers than it counts: those that it gives at its count would be taken for old ones.
TEST_F(ScreenFollowerTest, IsNoMoreExactInTheNextDaemonThanItWas) {
  const std::string lines = numbered_lines(20'000);
  ASSERT_GT(lines.size(), TestRing::kCapacity);
  for (std::size_t at = 0; at < lines.size(); at += 4'000) ring_.write(lines.substr(at, 4'000));
  start();
  run_until([this] { return parsed_ == ring_.header().head.load(); });
  ASSERT_TRUE(approximate_);
  ASSERT_FALSE(checkpoint_.empty());
  restart();
  approximate_ = false;
  static_cast<void>(hash());
  EXPECT_TRUE(approximate_);
}

TEST_F(ScreenFollowerTest, GoesOnFromItsCheckpoint) {
  start();
  const std::string all = numbered_lines(20'000);
  std::thread writer([&] {
    for (std::size_t at = 0; at < all.size(); at += 4'000) write(all.substr(at, 4'000));
  });
  run_until([&] { return parsed_ == all.size(); });
  writer.join();
  ASSERT_FALSE(checkpoint_.empty());

  restart();
  EXPECT_EQ(hash(), hash_of(all));
  EXPECT_FALSE(approximate_);
}

TEST_F(ScreenFollowerTest, LooksForWhatCameBeforeThoughTheScreenIsBusy) {
  start();
  write("one\r\ntwo\r\n");
  run_until([&] { return parsed_ == view_.head(); });
  ScreenWatch::Spec spec;
  spec.conditions.push_back({WaitKind::text, {}, {}});
  spec.patterns.emplace_back(*LinePattern::plain("two", "text"));
  spec.begin = 3;
  spec.only_new = true;
  follower_->look([](const screen::Terminal&, bool) {}, [](bool) {});
  follower_->watch(std::make_shared<ScreenWatch>(std::move(spec), Clock::now(), nullptr));
  // No output comes and nobody else follows.
  const auto deadline = Clock::now() + std::chrono::seconds(60);
  while (hits_.empty()) {
    ASSERT_LT(Clock::now(), deadline);
    loop_.restart();
    if (loop_.poll() == 0) std::this_thread::yield();
  }
  EXPECT_EQ(hits_.front().offset, 8U);
}

TEST_F(ScreenFollowerTest, TouchesTheRingNoMoreWhenItWasStopped) {
  for (int round = 0; round < 50; ++round) {
    auto ring = std::make_unique<TestRing>();
    auto view = std::make_unique<RingView>(*RingView::map(ring->handle()));
    bool told = false;
    const auto follower = std::make_shared<ScreenFollower>(
        thread_, loop_.get_executor(), *view, [&told](ScreenNews&&) { told = true; }, [] {});
    ring->write(numbered_lines(static_cast<int>(TestRing::kCapacity / 40)));
    ScreenSetup setup;
    setup.checkpoint_bytes = 4'096;
    follower->start(std::move(setup));
    int done = 0;
    follower->look([](const screen::Terminal&, bool) {}, [&done](bool) { ++done; });
    for (int turn = 0; turn < round; ++turn) std::this_thread::yield();
    follower->stop();
    told = false;
    view.reset();
    ring.reset();
    run_until([&] { return done == 1; });
    EXPECT_FALSE(told);
  }
}

// What a job has posted to the loop holds the follower, and the loop may be the last to go.
TEST(ScreenFollower, MayOutliveTheScreenThread) {
  boost::asio::io_context loop;
  TestRing ring;
  const auto view = RingView::map(ring.handle());
  ASSERT_TRUE(view);
  auto thread = std::make_unique<ScreenThread>();
  auto follower = std::make_shared<ScreenFollower>(
      *thread, loop.get_executor(), *view, [](ScreenNews&&) {}, [] {});
  follower->start({.scrollback = {}, .checkpoint_bytes = TestRing::kCapacity / 2, .checkpoint = {}, .late_before = 0});
  follower->stop();
  thread.reset();
  boost::asio::post(loop, [follower = std::move(follower)] {});
}

TEST_F(ScreenFollowerTest, TellsMarksOfCommandsWithTheirPlaces) {
  const std::string typed = "\x1b]7;file:///src\a\x1b]133;A\a$ \x1b]133;B\amake\r\n";
  const std::string begin = "\x1b]133;C\a";
  const std::string output = "out";
  const std::string end = "\x1b]133;D;2\a";
  write(typed + begin + output);
  ScreenSetup setup;
  setup.told_before = typed.size() + begin.size();
  start(std::move(setup));
  run_until([this] { return parsed_ == ring_.header().head.load(); });
  write(end + "\x1b]133;A\a" + begin + "\x1b]133;A\a");
  run_until([this] { return parsed_ == ring_.header().head.load(); });
  ASSERT_EQ(commands_.size(), 4u);
  EXPECT_EQ(old_commands_, 1u) << "what another daemon told";
  EXPECT_EQ(commands_[0].kind, CommandMark::Kind::started);
  EXPECT_EQ(commands_[0].text, "make");
  EXPECT_EQ(*commands_[0].cwd, "file:///src");
  EXPECT_EQ(commands_[0].begin, typed.size());
  EXPECT_EQ(commands_[0].end, typed.size() + begin.size());
  EXPECT_EQ(commands_[1].kind, CommandMark::Kind::ended);
  EXPECT_EQ(commands_[1].exit_code, 2);
  EXPECT_EQ(commands_[1].begin, typed.size() + begin.size() + output.size());
  EXPECT_EQ(commands_[2].ended_before, 1u);
  EXPECT_EQ(commands_[3].kind, CommandMark::Kind::prompt) << "only behind a command without an end";
}

}  // namespace
}  // namespace ptyd
