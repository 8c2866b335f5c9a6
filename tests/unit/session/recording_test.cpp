#include "daemon/session/recording.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <thread>

#include "tests/unit/hostlink/test_ring.hpp"

namespace ptyd {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

class RecordingTest : public testing::Test {
 protected:
  RecordingTest()
      : view_(*RingView::map(ring_.handle())),
        path_(fs::temp_directory_path() /
              ("ptyd-recording-" + std::to_string(Clock::now().time_since_epoch().count()) + ".cast")) {}
  ~RecordingTest() override {
    std::error_code ignored;
    fs::remove(path_, ignored);
  }

  void run_until(const std::function<bool()>& done) {
    const auto deadline = Clock::now() + std::chrono::seconds(60);
    while (!done()) {
      ASSERT_LT(Clock::now(), deadline);
      loop_.restart();
      if (loop_.poll() == 0) std::this_thread::yield();
    }
  }

  asio::awaitable<void> do_open(RecordingSpec spec) {
    auto opened = co_await Recording::open(loop_.get_executor(), std::move(spec));
    if (opened) recording_ = std::move(*opened);
    if (!opened) error_ = opened.error();
    answered_ = true;
  }
  asio::awaitable<void> do_close() {
    co_await recording_->close();
    closed_ = true;
  }

  void open(std::uint64_t max_bytes = Recording::kUsualMaxBytes) {
    RecordingSpec spec;
    spec.path = path_.string();
    spec.max_bytes = max_bytes;
    asio::co_spawn(loop_, do_open(std::move(spec)), asio::detached);
    run_until([this] { return answered_; });
  }
  void begin(std::uint64_t offset = 0) {
    Recording::Beginning beginning;
    beginning.size = {80, 24, 0, 0};
    beginning.offset = offset;
    recording_->begin(view_, std::move(beginning), [this] { ended_ = true; });
  }
  void close() {
    asio::co_spawn(loop_, do_close(), asio::detached);
    run_until([this] { return closed_; });
  }
  std::string content() const {
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  TestRing ring_;
  RingView view_;
  fs::path path_;
  asio::io_context loop_;
  std::unique_ptr<Recording> recording_;
  std::optional<Error> error_;
  bool answered_ = false;
  bool closed_ = false;
  bool ended_ = false;
};

TEST_F(RecordingTest, WritesWhatTheRingGets) {
  open();
  ASSERT_TRUE(recording_);
  begin();
  ring_.write("hello\n");
  recording_->follow();
  recording_->mark("m");
  recording_->finish("enough", "0");
  run_until([this] { return ended_; });
  const auto status = recording_->status();
  EXPECT_FALSE(status.active);
  EXPECT_EQ(status.ended, "enough");
  EXPECT_EQ(status.bytes, content().size());
  EXPECT_NE(content().find("\"o\", \"hello\\n\"]\n"), std::string::npos) << content();
  EXPECT_NE(content().find("\"m\", \"m\"]\n"), std::string::npos) << content();
  close();
}

TEST_F(RecordingTest, SaysHowMuchWasOverwritten) {
  open();
  ASSERT_TRUE(recording_);
  begin();
  for (std::uint64_t written = 0; written < 3 * TestRing::kCapacity; written += 1024) ring_.write(std::string(1024, 'x'));
  recording_->follow();
  recording_->finish("enough");
  run_until([this] { return ended_; });
  const auto lost = recording_->status().lost;
  EXPECT_GE(lost, 2 * TestRing::kCapacity);
  EXPECT_NE(content().find("\"m\", \"" + std::to_string(lost) + " bytes of output were lost\"]"), std::string::npos);
  close();
}

TEST_F(RecordingTest, EndsAtItsLargestSizeBehindAWholeLine) {
  open(Recording::kLeastMaxBytes);
  ASSERT_TRUE(recording_);
  begin();
  for (int i = 0; i < 500; ++i) {
    ring_.write("some text\n");
    recording_->follow();
  }
  run_until([this] { return ended_; });
  EXPECT_LE(content().size(), Recording::kLeastMaxBytes);
  EXPECT_EQ(content().back(), '\n');
  EXPECT_FALSE(recording_->status().active);
  close();
}

TEST_F(RecordingTest, LeavesAFileThatIsThereAlone) {
  std::ofstream(path_) << "mine";
  open();
  ASSERT_TRUE(error_);
  EXPECT_EQ(error_->code, errc::already_exists);
  EXPECT_EQ(content(), "mine");
}

TEST_F(RecordingTest, ClosingWritesWhatThereIs) {
  open();
  ASSERT_TRUE(recording_);
  begin();
  ring_.write("last words");
  close();
  EXPECT_NE(content().find("last words"), std::string::npos);
  EXPECT_FALSE(ended_);  // whoever closes it knows
}

}  // namespace
}  // namespace ptyd
