#include "daemon/core/input_ledger.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <string>

namespace ptyd {
namespace {

using Piece = InputLedger::Piece;
constexpr auto kMost = std::numeric_limits<std::uint64_t>::max();

TEST(InputLedger, TakesEveryByteOnce) {
  InputLedger ledger(0, 100);
  EXPECT_EQ(ledger.receive(0, 10).value(), (Piece{0, 10}));
  EXPECT_EQ(ledger.receive(10, 5).value(), (Piece{0, 5}));
  EXPECT_EQ(ledger.receive(0, 15).value(), (Piece{15, 0})) << "all of it came before";
  EXPECT_EQ(ledger.receive(0, 3).value(), (Piece{3, 0}));
  EXPECT_EQ(ledger.receive(12, 8).value(), (Piece{3, 5})) << "half of it came before";
  EXPECT_EQ(ledger.receive(20, 0).value(), (Piece{0, 0}));
  EXPECT_EQ(ledger.next(), 20u);
}

TEST(InputLedger, RefusesAHoleAndSaysWhatIsExpected) {
  InputLedger ledger(7, 100);
  const auto hole = ledger.receive(9, 1);
  ASSERT_FALSE(hole);
  EXPECT_EQ(hole.error().code, errc::out_of_range);
  EXPECT_EQ(hole.error().have_from, 7u);
  EXPECT_EQ(hole.error().have_to, 7u);
  EXPECT_EQ(ledger.next(), 7u);
}

TEST(InputLedger, RefusesWhatGoesBeyondTheLimitUntilSomeIsAccepted) {
  InputLedger ledger(5, 10);
  EXPECT_EQ(ledger.limit(), 15u);
  ASSERT_TRUE(ledger.receive(5, 8));
  const auto beyond = ledger.receive(13, 3);
  ASSERT_FALSE(beyond);
  EXPECT_EQ(beyond.error().code, errc::resource_exhausted);
  EXPECT_EQ(ledger.next(), 13u);
  ledger.acknowledge(6);
  EXPECT_EQ(ledger.limit(), 16u);
  EXPECT_EQ(ledger.receive(13, 3).value(), (Piece{0, 3}));
}

TEST(InputLedger, AnOlderAcknowledgementChangesNothing) {
  InputLedger ledger(0, 10);
  ASSERT_TRUE(ledger.receive(0, 8));
  ledger.acknowledge(6);
  ledger.acknowledge(2);
  EXPECT_EQ(ledger.accepted(), 6u);
}

TEST(InputLedger, BytesThatCameAnotherWayAreNotTakenAgain) {
  InputLedger ledger(0, 10);
  ledger.acknowledge(6);
  EXPECT_EQ(ledger.next(), 6u);
  EXPECT_EQ(ledger.receive(4, 4).value(), (Piece{2, 2}));
}

TEST(InputLedger, RetractedBytesMayComeAgain) {
  InputLedger ledger(0, 10);
  ASSERT_TRUE(ledger.receive(0, 4));
  ledger.acknowledge(3);
  ASSERT_TRUE(ledger.receive(4, 3));
  ledger.retract(3);
  EXPECT_EQ(ledger.receive(4, 3).value(), (Piece{0, 3}));
  ledger.retract(kMost);
  EXPECT_EQ(ledger.next(), 3u) << "what the host has is typed";
}

TEST(InputLedger, NumbersNearTheEndDoNotWrap) {
  InputLedger ledger(kMost - 4, 100);
  EXPECT_EQ(ledger.limit(), kMost);
  EXPECT_FALSE(ledger.receive(kMost - 4, 5));
  EXPECT_FALSE(ledger.receive(kMost - 4, kMost));
  EXPECT_EQ(ledger.receive(kMost - 4, 4).value(), (Piece{0, 4}));
  EXPECT_EQ(ledger.receive(0, kMost).value(), (Piece{kMost, 0}));
}

// A client that forgets what it sent, over and over.
TEST(InputLedger, WhateverIsSentAgainTheProgramGetsItOnceAndInOrder) {
  for (std::uint32_t seed = 1; seed <= 100; ++seed) {
    std::mt19937 random(seed);
    std::string input;
    for (int i = 0; i < 1000; ++i) input += static_cast<char>(random());
    InputLedger ledger(0, 64);
    std::string typed;
    while (typed.size() < input.size()) {
      const auto offset = random() % (typed.size() + 10);
      const auto size =
          std::min<std::size_t>(random() % 40, input.size() - std::min<std::size_t>(offset, input.size()));
      if (const auto piece = ledger.receive(offset, size)) {
        ASSERT_EQ(piece->skip + piece->take, size);
        typed += input.substr(offset + piece->skip, piece->take);
      }
      ASSERT_EQ(ledger.next(), typed.size());
      ASSERT_LE(ledger.next(), ledger.limit());
      if (random() % 3 == 0) ledger.acknowledge(typed.size());
    }
    EXPECT_EQ(typed, input);
  }
}

}  // namespace
}  // namespace ptyd
