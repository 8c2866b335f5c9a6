#include "daemon/host/custody_memory.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace ptyd::host {
namespace {

struct Case {
  const char* what;
  std::uint32_t reading;
  std::uint64_t head;
  std::uint64_t reserve;
  std::uint64_t read;  // by the process; what was not from the pty: 700
  std::uint32_t writing;
  std::uint64_t written;
  std::uint64_t taken;
  std::uint64_t wrote;  // by the process; what did not go to the pty: 30
  bool missing;
  std::uint64_t left_head;
  std::uint64_t left_written;
  std::uint64_t uncertain;
};

void look_at(const Case& one, const IoCounts* counts) {
  const auto memory = std::make_unique<CustodyMemory>();
  const auto header = std::make_unique<RingHeader>();
  memory->magic = kCustodyMagic;
  memory->version = kCustodyVersion;
  memory->reading = one.reading;
  memory->read_origin = 700;
  memory->writing = one.writing;
  memory->write_origin = 30;
  memory->input.written = one.written;
  memory->input.taken = one.taken;
  header->head = one.head;
  header->reserve = one.reserve;
  const Left left = what_is_left(*memory, *header, counts);
  ASSERT_TRUE(left.known) << one.what;
  EXPECT_EQ(one.missing, left.output_missing) << one.what;
  EXPECT_EQ(one.left_head, left.head) << one.what;
  EXPECT_EQ(one.left_written, left.written) << one.what;
  EXPECT_EQ(one.uncertain, left.uncertain) << one.what;
}

TEST(CustodyMemory, TellsHowFarADeadHostWas) {
  const Case cases[] = {
      {"idle", 0, 50, 50, 9999, 0, 5, 5, 9999, false, 50, 5, 0},
      {"before the read", 1, 50, 100, 750, 0, 5, 5, 35, false, 50, 5, 0},
      {"after the read", 1, 50, 100, 780, 0, 5, 5, 35, false, 80, 5, 0},
      {"after the read of all there is room for", 1, 50, 100, 800, 0, 5, 5, 35, false, 100, 5, 0},
      {"after head was told", 1, 80, 80, 780, 0, 5, 5, 35, false, 80, 5, 0},
      {"more than there was room for", 1, 50, 100, 801, 0, 5, 5, 35, true, 50, 5, 0},
      {"less than before", 1, 50, 100, 749, 0, 5, 5, 35, true, 50, 5, 0},
      {"before the write", 0, 50, 50, 750, 10, 5, 15, 35, false, 50, 5, 0},
      {"after a part was written", 0, 50, 50, 750, 10, 5, 15, 38, false, 50, 8, 0},
      {"after all was written", 0, 50, 50, 750, 10, 5, 15, 45, false, 50, 15, 0},
      {"after that was noted", 0, 50, 50, 750, 10, 15, 15, 45, false, 50, 15, 0},
      {"after a part was noted", 0, 50, 50, 750, 10, 8, 15, 38, false, 50, 8, 0},
      {"more written than wanted", 0, 50, 50, 750, 10, 5, 15, 46, false, 50, 5, 10},
  };
  for (const Case& one : cases) {
    const IoCounts counts{one.read, one.wrote};
    look_at(one, &counts);
  }
}

TEST(CustodyMemory, TellsWhatIsNotCertainWithoutCounts) {
  const Case cases[] = {
      {"idle", 0, 50, 50, 0, 0, 5, 15, 0, false, 50, 5, 0},
      {"within a read", 1, 50, 100, 0, 0, 5, 5, 0, true, 50, 5, 0},
      {"within a write", 0, 50, 50, 0, 10, 5, 25, 0, false, 50, 5, 10},
      {"within the write of all that is left", 0, 50, 50, 0, 10, 5, 12, 0, false, 50, 5, 7},
      {"after a write was noted", 0, 50, 50, 0, 10, 15, 15, 0, false, 50, 15, 0},
  };
  for (const Case& one : cases) look_at(one, nullptr);
}

TEST(CustodyMemory, WhatWasNotKeptTellsNothing) {
  const auto memory = std::make_unique<CustodyMemory>();
  const auto header = std::make_unique<RingHeader>();
  memory->version = kCustodyVersion;
  EXPECT_FALSE(what_is_left(*memory, *header, nullptr).known);
  memory->magic = kCustodyMagic;
  EXPECT_TRUE(what_is_left(*memory, *header, nullptr).known);
  memory->input.written = 16;
  memory->input.taken = 15;
  EXPECT_FALSE(what_is_left(*memory, *header, nullptr).known) << "more written than taken";
  memory->input.taken = 16;
  memory->version = kCustodyVersion + 1;
  EXPECT_FALSE(what_is_left(*memory, *header, nullptr).known);
}

}  // namespace
}  // namespace ptyd::host
