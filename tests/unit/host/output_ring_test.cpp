#include "daemon/host/output_ring.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <new>

namespace ptyd::host {
namespace {

constexpr std::uint64_t kCapacity = kMinRing;
constexpr std::align_val_t kPage{4096};

class OutputRingTest : public testing::Test {
 protected:
  OutputRingTest() : memory_(::operator new(kDataOffset + kCapacity, kPage)) {
    std::memset(memory_, 0, kDataOffset + kCapacity);
    ring_.create(memory_, kCapacity);
  }
  ~OutputRingTest() override { ::operator delete(memory_, kPage); }

  // Publishes `bytes` without looking at the floor.
  void advance(std::uint64_t bytes) {
    while (bytes > 0) {
      const auto room = ring_.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(bytes, 4096)), true);
      ring_.commit(room.bytes());
      bytes -= room.bytes();
    }
  }

  void* memory_;
  OutputRing ring_;
};

TEST_F(OutputRingTest, DescribesItself) {
  const RingHeader& header = ring_.header();
  EXPECT_EQ(std::memcmp(&header.magic, "PTYDING1", 8), 0);
  EXPECT_EQ(header.version, kProtocolVersion);
  EXPECT_EQ(header.data_offset, kDataOffset);
  EXPECT_EQ(header.capacity, kCapacity);
  EXPECT_EQ(header.head.load(), 0U);
}

TEST_F(OutputRingTest, RaisesReserveBeforeAndHeadAfterTheWrite) {
  const auto room = ring_.reserve(1000, false);
  EXPECT_EQ(room.bytes(), 1000U);
  EXPECT_EQ(ring_.header().reserve.load(), 1000U);
  EXPECT_EQ(ring_.header().head.load(), 0U);
  ring_.commit(10);
  EXPECT_EQ(ring_.header().head.load(), 10U);
  EXPECT_EQ(ring_.header().reserve.load(), 10U);
}

TEST_F(OutputRingTest, NeverReservesAboveFloorPlusCapacity) {
  struct Case {
    std::uint64_t head;
    std::uint64_t floor;
    std::size_t want;
    std::size_t room;
  };
  const Case cases[] = {
      {0, 0, 4096, 4096},
      {0, 0, 1 << 20, kCapacity / 4},
      {kCapacity - 100, 0, 4096, 100},
      {kCapacity, 0, 4096, 0},
      {kCapacity, 1, 4096, 1},
      {kCapacity + 5, 0, 4096, 0},
      {kCapacity, kCapacity, 4096, 4096},
      {100, kNoFloor, 4096, 4096},
      {100, kNoFloor - 1, 4096, 4096},
      {2 * kCapacity, 100, 4096, 0},
  };
  for (const Case& one : cases) {
    std::memset(memory_, 0, kDataOffset);
    ring_ = OutputRing();
    ring_.create(memory_, kCapacity);
    advance(one.head);
    ring_.header().floor.store(one.floor);
    const auto room = ring_.reserve(one.want, false);
    EXPECT_EQ(room.bytes(), one.room) << one.head << " over " << one.floor;
    EXPECT_EQ(ring_.header().reserve.load(), one.head + one.room);
    ring_.commit(0);
  }
}

TEST_F(OutputRingTest, GivesTwoPiecesAtTheWrap) {
  advance(kCapacity - 10);
  const auto room = ring_.reserve(100, true);
  auto* const data = static_cast<std::byte*>(memory_) + kDataOffset;
  EXPECT_EQ(room.first, data + kCapacity - 10);
  EXPECT_EQ(room.first_bytes, 10U);
  EXPECT_EQ(room.second, data);
  EXPECT_EQ(room.second_bytes, 90U);
}

TEST_F(OutputRingTest, WaitsAtTheFloorOnlyWhileItIsThere) {
  advance(kCapacity);
  EXPECT_TRUE(ring_.wait_at_floor());
  EXPECT_EQ(ring_.header().waiting_at_floor.load(), 1U);
  ring_.stop_waiting();
  EXPECT_EQ(ring_.header().waiting_at_floor.load(), 0U);
  ring_.header().floor.store(1);
  EXPECT_FALSE(ring_.wait_at_floor());
  EXPECT_EQ(ring_.header().waiting_at_floor.load(), 0U);
}

TEST_F(OutputRingTest, WakesOnceForEachArming) {
  EXPECT_FALSE(ring_.take_output_wake());
  ring_.header().output_armed.store(1);
  EXPECT_TRUE(ring_.take_output_wake());
  EXPECT_FALSE(ring_.take_output_wake());
  ring_.header().input_armed.store(1);
  EXPECT_FALSE(ring_.take_output_wake());
  EXPECT_TRUE(ring_.take_input_wake());
  EXPECT_FALSE(ring_.take_input_wake());
}

TEST_F(OutputRingTest, IgnoresWhatADaemonWritesIntoTheHostsFields) {
  ring_.header().head.store(~std::uint64_t{0});
  ring_.header().reserve.store(~std::uint64_t{0});
  ring_.header().capacity = 3;
  const auto room = ring_.reserve(10, false);
  EXPECT_EQ(room.first, static_cast<std::byte*>(memory_) + kDataOffset);
  EXPECT_EQ(room.bytes(), 10U);
  ring_.commit(10);
  EXPECT_EQ(ring_.head(), 10U);
}

}  // namespace
}  // namespace ptyd::host
