// Output from a pipe into the ring.
#include "daemon/host/output_windows.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "daemon/host/random_name_windows.hpp"
#include "tests/support/pattern.hpp"

namespace ptyd::host {
namespace {

using Turn = Output::Turn;
constexpr std::uint64_t kSeed = 7;

class OutputTest : public testing::Test {
 protected:
  void SetUp() override {
    wchar_t name[kPipeNameUnits];
    ASSERT_EQ(random_pipe_name(L"ptyd-test-", name), 0);
    from_ = own_handle(::CreateNamedPipeW(name, PIPE_ACCESS_INBOUND | FILE_FLAG_OVERLAPPED, PIPE_TYPE_BYTE, 1, kPipe,
                                          kPipe, 0, nullptr));
    to_ = own_handle(::CreateFileW(name, GENERIC_WRITE, 0, nullptr, OPEN_EXISTING, 0, nullptr));
    ASSERT_TRUE(from_ && to_);
    ASSERT_EQ(output_.create(kMinRing), 0);
    ASSERT_EQ(output_.renew_wakeup(), 0);
    output_.start(handle_of(from_));
  }
  // Fits the pipe: does not wait.
  void write(std::size_t bytes) {
    std::vector<std::byte> text(bytes);
    fill_pattern(kSeed, written_, text);
    DWORD written = 0;
    ASSERT_NE(::WriteFile(handle_of(to_), text.data(), static_cast<DWORD>(bytes), &written, nullptr), 0);
    ASSERT_EQ(written, bytes);
    written_ += bytes;
  }
  // Until it waits for something.
  Turn move(bool abandoned = false) {
    EXPECT_EQ(::WaitForSingleObject(output_.event(), 20'000), WAIT_OBJECT_0);
    return go_on(abandoned);
  }
  Turn go_on(bool abandoned = false) {
    Turn turn = output_.move(abandoned);
    while (turn == Turn::more) turn = output_.move(abandoned);
    return turn;
  }
  // Until it waits for something else than more output.
  Turn move_on() {
    Turn turn = move();
    while (turn == Turn::waiting) turn = move();
    return turn;
  }
  bool is_right(std::uint64_t from, std::uint64_t to) {
    const auto* const data = reinterpret_cast<const std::byte*>(&output_.header()) + kDataOffset;
    for (; from < to; ++from)
      if (data[from % kMinRing] != pattern_byte(kSeed, from)) return false;
    return true;
  }
  bool woken() { return ::WaitForSingleObject(reinterpret_cast<HANDLE>(output_.wakeup_handle()), 0) == WAIT_OBJECT_0; }

  static constexpr DWORD kPipe = 128 * 1024;
  Descriptor from_;
  Descriptor to_;
  std::uint64_t written_ = 0;
  Output output_;
};

TEST_F(OutputTest, TakesNothingOfTheRingWhileItWaits) {
  EXPECT_EQ(output_.move(false), Turn::waiting);
  EXPECT_EQ(output_.header().reserve.load(), 0U);
}

TEST_F(OutputTest, BytesArriveAndTheDaemonIsWokenOnce) {
  output_.header().floor.store(kNoFloor);
  output_.header().output_armed.store(1);
  write(1000);
  EXPECT_EQ(move(), Turn::waiting);
  EXPECT_EQ(output_.head(), 1000U);
  EXPECT_TRUE(is_right(0, 1000));
  EXPECT_TRUE(woken());
  EXPECT_EQ(output_.header().output_armed.load(), 0U);
  write(1);
  EXPECT_EQ(move(), Turn::waiting);
  EXPECT_FALSE(woken());
  EXPECT_GT(output_.header().last_output_unix_ms.load(), 0U);
}

TEST_F(OutputTest, StopsAtTheFloorAndGoesOnBehindIt) {
  write(100'000);
  EXPECT_EQ(move_on(), Turn::at_floor);
  EXPECT_TRUE(output_.at_floor());
  EXPECT_FALSE(output_.must_move());
  EXPECT_EQ(output_.header().waiting_at_floor.load(), 1U);
  EXPECT_EQ(output_.head(), kMinRing);
  EXPECT_TRUE(is_right(0, kMinRing));
  output_.header().floor.store(10);
  output_.look_again();
  EXPECT_EQ(go_on(), Turn::at_floor);
  EXPECT_EQ(output_.head(), kMinRing + 10);
  output_.header().floor.store(100'000);
  output_.look_again();
  EXPECT_TRUE(output_.must_move());
  EXPECT_EQ(go_on(), Turn::waiting);
  while (output_.head() < 100'000) ASSERT_EQ(move(), Turn::waiting);
  EXPECT_FALSE(output_.must_move());
  EXPECT_EQ(output_.header().waiting_at_floor.load(), 0U);
  EXPECT_TRUE(is_right(100'000 - kMinRing, 100'000));
}

TEST_F(OutputTest, ForgetsTheFloorWhenNoDaemonCameBack) {
  write(100'000);
  EXPECT_EQ(move_on(), Turn::at_floor);
  output_.look_again();
  go_on(true);
  while (output_.head() < 100'000) move(true);
  EXPECT_TRUE(is_right(100'000 - kMinRing, 100'000));
}

TEST_F(OutputTest, WhatWasWrittenBeforeTheEndComesBeforeTheEnd) {
  output_.header().floor.store(kNoFloor);
  write(70'000);
  to_.reset();
  Turn turn = move();
  while (turn == Turn::waiting) turn = move();
  EXPECT_EQ(turn, Turn::ended);
  EXPECT_EQ(output_.head(), 70'000U);
  EXPECT_EQ(output_.header().burst.load(), 0U);
  EXPECT_TRUE(is_right(70'000 - kMinRing, 70'000));
}

TEST_F(OutputTest, AFencedDaemonIsNotWokenForTheNext) {
  const HANDLE old = reinterpret_cast<HANDLE>(output_.wakeup_handle());
  ASSERT_EQ(output_.renew_wakeup(), 0);
  output_.header().input_armed.store(1);
  output_.wake_for_input();
  EXPECT_EQ(::WaitForSingleObject(old, 0), static_cast<DWORD>(WAIT_TIMEOUT));
  EXPECT_TRUE(woken());
}

}  // namespace
}  // namespace ptyd::host
