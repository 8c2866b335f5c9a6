#include "daemon/host/input_buffer.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <string>

namespace ptyd::host {
namespace {

class InputBufferTest : public testing::Test {
 protected:
  InputBufferTest() { buffer_->create(*header_); }

  InputBuffer::Taken take(std::uint8_t stream, std::uint64_t offset, const std::string& text) {
    Input input{};
    input.stream[0] = stream;
    input.offset = offset;
    return buffer_->take(input, reinterpret_cast<const std::byte*>(text.data()), text.size(), gap_);
  }

  InputBuffer::Taken take_of_guest(std::uint8_t stream, std::uint64_t offset, const std::string& text) {
    Input input{};
    input.stream[0] = stream;
    input.offset = offset;
    return buffer_->take_of_guest(input, reinterpret_cast<const std::byte*>(text.data()), text.size(), gap_);
  }

  // Takes everything out, in pieces of at most `step`.
  std::string drain(std::size_t step = 1 << 20) {
    std::string text;
    while (!buffer_->empty()) {
      const auto piece = buffer_->front();
      const std::size_t bytes = std::min(step, piece.bytes);
      text.append(reinterpret_cast<const char*>(piece.at), bytes);
      outgrown_ += buffer_->wrote(bytes, kLineLimit);
    }
    buffer_->publish();
    return text;
  }

  const InputStream* stream(std::uint8_t id) const {
    for (const InputStream& one : header_->streams)
      if (one.used.load() != 0 && one.id[0] == id) return &one;
    return nullptr;
  }

  static constexpr std::size_t kLineLimit = 8;
  std::unique_ptr<RingHeader> header_ = std::make_unique<RingHeader>();
  std::unique_ptr<InputBuffer> buffer_ = std::make_unique<InputBuffer>();
  InputGap gap_{};
  std::uint64_t outgrown_ = 0;
};

TEST_F(InputBufferTest, TakesEachByteOnceWhateverIsSentAgain) {
  struct Case {
    std::uint64_t offset;
    const char* text;
    const char* adds;
  };
  const Case cases[] = {{0, "hello", "hello"}, {0, "hello", ""}, {3, "lo wor", " wor"},
                        {2, "l", ""},          {9, "ld", "ld"},  {11, "", ""}};
  std::uint64_t taken = 0;
  for (const Case& one : cases) {
    EXPECT_EQ(take(1, one.offset, one.text), InputBuffer::Taken::ok);
    EXPECT_EQ(drain(), one.adds) << one.offset << " " << one.text;
    taken += std::strlen(one.adds);
    EXPECT_EQ(header_->input_taken.load(), taken);
    EXPECT_EQ(header_->input_written.load(), taken);
  }
  EXPECT_EQ(stream(1)->accepted.load(), 11U);
}

TEST_F(InputBufferTest, TheDaemonSeesInputTakenWhenItsLinesAreCounted) {
  EXPECT_EQ(take(1, 0, "one line that is too long"), InputBuffer::Taken::ok);
  EXPECT_EQ(header_->input_taken.load(), 0U);
  EXPECT_EQ(stream(1)->accepted.load(), 0U);
  buffer_->count_long_lines(1);
  buffer_->publish();
  EXPECT_EQ(header_->input_taken.load(), 25U);
  EXPECT_EQ(stream(1)->accepted.load(), 25U);
}

TEST_F(InputBufferTest, SkippedBytesCountAsTakenAndAreNotTyped) {
  const auto skip = [&](std::uint8_t id, std::uint64_t offset, std::uint64_t bytes) {
    Skip one{};
    one.stream[0] = id;
    one.offset = offset;
    one.bytes = bytes;
    return buffer_->skip(one, gap_);
  };
  EXPECT_EQ(skip(1, 0, 3), InputBuffer::Taken::ok);
  ASSERT_NE(stream(1), nullptr);
  EXPECT_EQ(stream(1)->accepted.load(), 3U);
  EXPECT_EQ(take(1, 0, "abcde"), InputBuffer::Taken::ok);
  EXPECT_EQ(drain(), "de");
  EXPECT_EQ(skip(1, 4, 1), InputBuffer::Taken::ok);
  EXPECT_EQ(stream(1)->accepted.load(), 5U);
  EXPECT_EQ(skip(1, 3, 4), InputBuffer::Taken::ok);
  EXPECT_EQ(stream(1)->accepted.load(), 7U);
  EXPECT_EQ(skip(1, 8, 1), InputBuffer::Taken::gap);
  EXPECT_EQ(gap_.expected, 7U);
  EXPECT_EQ(skip(1, 7, kMaxPayload + 1), InputBuffer::Taken::refused);
  EXPECT_EQ(skip(1, ~std::uint64_t{0}, 2), InputBuffer::Taken::refused);
  EXPECT_EQ(header_->input_taken.load(), 2U);
}

TEST_F(InputBufferTest, DropsAMessageBehindAHoleWhole) {
  EXPECT_EQ(take(1, 0, "abc"), InputBuffer::Taken::ok);
  EXPECT_EQ(take(1, 4, "efg"), InputBuffer::Taken::gap);
  EXPECT_EQ(gap_.expected, 3U);
  EXPECT_EQ(gap_.got, 4U);
  EXPECT_EQ(gap_.stream[0], 1);
  EXPECT_EQ(drain(), "abc");
  EXPECT_EQ(take(1, 3, "d"), InputBuffer::Taken::ok);
  EXPECT_EQ(drain(), "d");
}

TEST_F(InputBufferTest, AnUnknownStreamBeginsAtItsFirstOffset) {
  EXPECT_EQ(take(7, 1000, "xy"), InputBuffer::Taken::ok);
  EXPECT_EQ(drain(), "xy");
  EXPECT_EQ(stream(7)->accepted.load(), 1002U);
  EXPECT_EQ(take(7, 1001, "yz"), InputBuffer::Taken::ok);
  EXPECT_EQ(drain(), "z");
}

TEST_F(InputBufferTest, RefusesOffsetsThatWouldOverflow) {
  EXPECT_EQ(take(1, ~std::uint64_t{0} - 1, "ab"), InputBuffer::Taken::refused);
  EXPECT_EQ(take(1, ~std::uint64_t{0} - 2, "ab"), InputBuffer::Taken::ok);
  EXPECT_EQ(take(1, ~std::uint64_t{0}, "a"), InputBuffer::Taken::refused);
}

TEST_F(InputBufferTest, GivesTheLeastRecentlyUsedSlotAway) {
  for (std::uint32_t id = 1; id <= kInputStreams; ++id) take(static_cast<std::uint8_t>(id), 0, "a");
  take(1, 1, "b");
  take(200, 0, "c");
  buffer_->publish();
  EXPECT_NE(stream(1), nullptr);
  EXPECT_EQ(stream(2), nullptr);
  EXPECT_NE(stream(3), nullptr);
  EXPECT_EQ(stream(200)->accepted.load(), 1U);
}

TEST_F(InputBufferTest, HoldsExactlyTheWindowAndNoByteMore) {
  const std::string window(kInputWindow, 'w');
  EXPECT_EQ(take(1, 0, window), InputBuffer::Taken::ok);
  EXPECT_EQ(take(1, kInputWindow, "x"), InputBuffer::Taken::refused);
  EXPECT_EQ(stream(1)->accepted.load(), kInputWindow);
  EXPECT_EQ(drain(), window);
  EXPECT_EQ(take(1, kInputWindow, "x"), InputBuffer::Taken::ok);
  EXPECT_EQ(drain(), "x");
}

TEST_F(InputBufferTest, KeepsTheOrderOverTheWrap) {
  std::string sent;
  std::string got;
  std::uint64_t offset = 0;
  // Never empty in between, so that the wrap is reached.
  for (int round = 0; round < 40; ++round) {
    std::string text;
    for (int i = 0; i < 7001; ++i) text += static_cast<char>('a' + (round * 7 + i) % 26);
    ASSERT_EQ(take(1, offset, text), InputBuffer::Taken::ok);
    offset += text.size();
    sent += text;
    for (std::size_t left = round == 0 ? 1 : 7001; left > 0;) {
      const auto piece = buffer_->front();
      const std::size_t bytes = std::min(left, piece.bytes);
      got.append(reinterpret_cast<const char*>(piece.at), bytes);
      buffer_->wrote(bytes, kLineLimit);
      left -= bytes;
    }
  }
  got += drain();
  EXPECT_EQ(got, sent);
}

TEST_F(InputBufferTest, FindsLinesThatOutgrowTheLimitOnceEach) {
  struct Case {
    const char* text;
    std::uint64_t outgrown;
  };
  const Case cases[] = {{"12345678\n", 0},
                        {"123456789\n", 1},
                        {"1234567890123456789\r", 1},
                        {"123456789\x04"
                         "123456789\n",
                         2},
                        {"1234\n5678\n9\n", 0}};
  std::uint64_t offset = 0;
  for (const Case& one : cases)
    for (const std::size_t step : {std::size_t{1}, std::size_t{100}}) {
      outgrown_ = 0;
      take(1, offset, one.text);
      offset += std::strlen(one.text);
      drain(step);
      EXPECT_EQ(outgrown_, one.outgrown) << one.text << " by " << step;
    }
}

TEST_F(InputBufferTest, CountsWhatIsDiscardedAsWritten) {
  take(1, 0, "nobody reads this");
  buffer_->discard();
  buffer_->publish();
  EXPECT_TRUE(buffer_->empty());
  EXPECT_EQ(header_->input_written.load(), header_->input_taken.load());
}

TEST_F(InputBufferTest, AnotherHostGoesOnWithWhatIsInItsMemory) {
  const auto memory = std::make_unique<InputMemory>();
  buffer_->create(*header_, *memory);
  ASSERT_EQ(take(1, 0, "told "), InputBuffer::Taken::ok);
  EXPECT_EQ("told ", drain());
  // This host dies before the daemon sees what it has taken, and when it has written a part of it.
  ASSERT_EQ(take(1, 5, "untold"), InputBuffer::Taken::ok);
  buffer_->wrote(2, kLineLimit);
  EXPECT_EQ(5U, header_->input_taken.load());
  EXPECT_EQ(5U, stream(1)->accepted.load());

  buffer_ = std::make_unique<InputBuffer>();
  buffer_->create(*header_, *memory);
  EXPECT_EQ(11U, header_->input_taken.load());
  EXPECT_EQ(7U, header_->input_written.load());
  EXPECT_EQ(11U, stream(1)->accepted.load());
  EXPECT_EQ(take(1, 5, "untold"), InputBuffer::Taken::ok);
  EXPECT_EQ("told", drain());
}

TEST_F(InputBufferTest, AnotherHostLearnsOfAStreamThatBeganWithTheLastBytes) {
  const auto memory = std::make_unique<InputMemory>();
  buffer_->create(*header_, *memory);
  ASSERT_EQ(take(9, 100, "abc"), InputBuffer::Taken::ok);
  for (InputStream& one : header_->streams) one.used.store(0);  // as it is until the bytes are taken
  buffer_ = std::make_unique<InputBuffer>();
  buffer_->create(*header_, *memory);
  ASSERT_NE(nullptr, stream(9));
  EXPECT_EQ(103U, stream(9)->accepted.load());
  EXPECT_EQ("abc", drain());
}

TEST_F(InputBufferTest, GuestsTypeOnceAndAreNotInTheDaemonsCounts) {
  EXPECT_EQ(take(1, 0, "abc"), InputBuffer::Taken::ok);
  EXPECT_EQ(take_of_guest(2, 0, "xy"), InputBuffer::Taken::gap) << "something waits";
  EXPECT_EQ(gap_.expected, 0U);
  EXPECT_EQ(drain(), "abc");
  EXPECT_EQ(take_of_guest(2, 0, "xy"), InputBuffer::Taken::ok);
  EXPECT_EQ(take_of_guest(2, 2, "z"), InputBuffer::Taken::gap);
  EXPECT_EQ(gap_.expected, 2U);
  EXPECT_EQ(drain(), "xy");
  EXPECT_EQ(take_of_guest(2, 0, "xyz"), InputBuffer::Taken::ok) << "the rest of it";
  EXPECT_EQ(drain(), "z");
  EXPECT_EQ(take_of_guest(2, 1, "yz"), InputBuffer::Taken::ok);
  EXPECT_EQ(take_of_guest(2, 5, "hole"), InputBuffer::Taken::gap);
  EXPECT_EQ(drain(), "");
  EXPECT_EQ(stream(2)->accepted.load(), 3U);
  EXPECT_EQ(header_->input_taken.load(), 3U);
  EXPECT_EQ(header_->input_written.load(), 3U);
  EXPECT_EQ(take(2, 3, "!"), InputBuffer::Taken::ok) << "the same stream by the daemon";
  EXPECT_EQ(drain(), "!");
  EXPECT_EQ(header_->input_taken.load(), 4U);
  EXPECT_EQ(header_->guests_taken.load(), 3U);
  EXPECT_EQ(buffer_->accepted(stream(2)->id), 4U);
}

TEST_F(InputBufferTest, TheDaemonKeepsItsWholeWindowBesideAGuest) {
  EXPECT_EQ(take(1, 0, "abc"), InputBuffer::Taken::ok);
  EXPECT_EQ(drain(), "abc");
  EXPECT_EQ(take_of_guest(2, 0, "keys"), InputBuffer::Taken::ok);
  buffer_->publish();
  EXPECT_EQ(header_->input_taken.load(), 3U);
  EXPECT_EQ(header_->input_written.load(), 3U);
  EXPECT_EQ(take(1, 3, std::string(kInputWindow, 'd')), InputBuffer::Taken::ok);
  EXPECT_EQ(take_of_guest(2, 4, "more"), InputBuffer::Taken::gap);
  EXPECT_TRUE(drain() == "keys" + std::string(kInputWindow, 'd')) << "in order of their coming";
  EXPECT_EQ(header_->input_written.load(), header_->input_taken.load());
}

// Wherever the host is killed, the next one goes on with each byte once.
TEST_F(InputBufferTest, ANextHostPublishesWhatAGuestHasTyped) {
  auto memory = std::make_unique<InputMemory>();
  buffer_->create(*header_, *memory);
  EXPECT_EQ(take(1, 0, "abc"), InputBuffer::Taken::ok);
  drain();
  EXPECT_EQ(take_of_guest(2, 0, "keys"), InputBuffer::Taken::ok);
  EXPECT_EQ(stream(2), nullptr) << "not published yet";
  auto next = std::make_unique<InputBuffer>();
  next->create(*header_, *memory);
  EXPECT_EQ(stream(2)->accepted.load(), 4U);
  EXPECT_EQ(header_->input_taken.load(), 3U);
  EXPECT_EQ(header_->guests_taken.load(), 4U);
  EXPECT_EQ(next->front().bytes, 4U);
  next->wrote(4, kLineLimit);
  next->publish();
  EXPECT_EQ(header_->input_written.load(), 3U);
  auto third = std::make_unique<InputBuffer>();
  third->create(*header_, *memory);
  EXPECT_EQ(stream(2)->accepted.load(), 4U);
  EXPECT_EQ(header_->input_taken.load(), 3U);
}

}  // namespace
}  // namespace ptyd::host
