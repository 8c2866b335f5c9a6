// The client's decisions about bytes and time, without any connection.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "client/ptyd/backoff.hpp"
#include "client/ptyd/convert.hpp"
#include "client/ptyd/input_backlog.hpp"
#include "client/ptyd/output_cursor.hpp"

namespace ptyd {
namespace {

using std::chrono::milliseconds;

TEST(Backoff, DoublesFrom10To500MillisecondsAndTriesLastAtTheDeadline) {
  const Backoff::TimePoint start{};
  Backoff backoff(start + milliseconds(2000), 255);
  auto now = start;
  std::vector<long> waits;
  while (const auto at = backoff.next(now)) {
    waits.push_back(static_cast<long>(std::chrono::duration_cast<milliseconds>(*at - now).count()));
    now = *at;
  }
  EXPECT_EQ(waits, (std::vector<long>{10, 20, 40, 80, 160, 320, 500, 500, 370}));
  EXPECT_EQ(now, start + milliseconds(2000));
}

TEST(Backoff, GivesUpAtOnceWithoutTime) {
  const Backoff::TimePoint start{};
  EXPECT_FALSE(Backoff(start, 255).next(start));
}

TEST(Backoff, SpreadsEachWaitOverItsSecondHalf) {
  const Backoff::TimePoint start{};
  for (int spread = 0; spread < 256; ++spread) {
    Backoff backoff(start + milliseconds(2000), static_cast<std::uint8_t>(spread));
    const auto first = backoff.next(start);
    ASSERT_TRUE(first);
    EXPECT_GE(*first - start, milliseconds(5));
    EXPECT_LE(*first - start, milliseconds(10));
  }
  EXPECT_EQ(*Backoff(start + milliseconds(2000), 0).next(start) - start, milliseconds(5));
}

TEST(InputBacklog, SendsNoFurtherThanTheLimit) {
  InputBacklog backlog(100);
  backlog.resume(0, 4, false);
  EXPECT_EQ(backlog.append("abcdefgh"), 8u);
  const auto piece = backlog.next(64);
  EXPECT_EQ(piece.offset, 0u);
  EXPECT_EQ(piece.data, "abcd");
  backlog.sent(4);
  EXPECT_EQ(backlog.next(64).data, "");
  EXPECT_TRUE(backlog.acknowledge(4, 100));
  EXPECT_EQ(backlog.next(3).data, "efg");
  EXPECT_EQ(backlog.next(3).offset, 4u);
}

TEST(InputBacklog, IsBoundedAndHasRoomAgainWhenInputIsTaken) {
  InputBacklog backlog(4);
  backlog.resume(0, 100, false);
  EXPECT_EQ(backlog.append("abcdef"), 4u);
  EXPECT_EQ(backlog.room(), 0u);
  backlog.sent(4);
  EXPECT_TRUE(backlog.acknowledge(3, 100));
  EXPECT_EQ(backlog.append("wxyz"), 3u);
  EXPECT_EQ(backlog.next(64).data, "wxy");
  EXPECT_EQ(backlog.next(64).offset, 4u);
}

TEST(InputBacklog, RefusesAnAcknowledgementOfWhatWasNeverTyped) {
  InputBacklog backlog(10);
  backlog.append("ab");
  EXPECT_FALSE(backlog.acknowledge(3, 10));
  EXPECT_TRUE(backlog.acknowledge(2, 10));
  EXPECT_TRUE(backlog.acknowledge(1, 10)) << "an older number changes nothing";
  EXPECT_TRUE(backlog.empty());
}

struct ResumeCase {
  const char* name;
  std::uint64_t acknowledged;  // of "abcdefgh", all of which was sent
  std::uint64_t accepted;      // what the host says afterwards
  bool unknown;
  std::uint64_t lost;
  std::uint64_t offset;  // where it goes on
  const char* rest;
};

TEST(InputBacklog, TypesEachByteOnceAfterALostConnection) {
  const std::vector<ResumeCase> table{
      {"the host took none", 0, 0, false, 0, 0, "abcdefgh"},
      {"the host took more than was acknowledged", 2, 5, false, 0, 5, "fgh"},
      {"the host took all", 2, 8, false, 0, 8, ""},
      {"the host may have forgotten all of the stream", 0, 0, true, 8, 0, ""},
      {"the host has forgotten the stream", 2, 0, true, 6, 0, ""},
      {"the host knows less than it acknowledged", 4, 2, false, 4, 2, ""},
  };
  for (const auto& row : table) {
    SCOPED_TRACE(row.name);
    InputBacklog backlog(100);
    backlog.resume(0, 100, false);
    backlog.append("abcdefgh");
    backlog.sent(8);
    ASSERT_TRUE(backlog.acknowledge(row.acknowledged, 100));
    EXPECT_EQ(backlog.resume(row.accepted, row.accepted + 100, row.unknown), row.lost);
    EXPECT_EQ(backlog.next(64).data, row.rest);
    EXPECT_EQ(backlog.next(64).offset, row.offset);
    EXPECT_EQ(backlog.append("XY"), 2u);
    EXPECT_EQ(backlog.next(64).data, std::string(row.rest) + "XY");
  }
}

TEST(InputBacklog, WhatWasNotSentYetIsNeverUncertain) {
  InputBacklog backlog(100);
  backlog.resume(0, 4, false);
  backlog.append("abcdefgh");
  backlog.sent(4);
  ASSERT_TRUE(backlog.acknowledge(2, 4));
  EXPECT_EQ(backlog.resume(0, 100, true), 2u);
  EXPECT_EQ(backlog.next(64).data, "efgh");
  EXPECT_EQ(backlog.next(64).offset, 0u);
}

TEST(InputBacklog, WhatWasSentBeforeARefusalStaysUncertain) {
  InputBacklog backlog(100);
  backlog.resume(0, 100, false);
  backlog.append("abcdefgh");
  backlog.sent(6);
  backlog.rewind();
  EXPECT_FALSE(backlog.all_sent());
  EXPECT_EQ(backlog.resume(0, 100, true), 6u) << "some of it may have been typed";
  EXPECT_EQ(backlog.next(64).data, "gh");
}

TEST(InputBacklog, RewindsToWhatIsNotAcknowledged) {
  InputBacklog backlog(100);
  backlog.resume(0, 100, false);
  backlog.append("abcd");
  backlog.sent(4);
  ASSERT_TRUE(backlog.acknowledge(1, 100));
  backlog.rewind();
  EXPECT_EQ(backlog.next(64).offset, 1u);
  EXPECT_EQ(backlog.next(64).data, "bcd");
}

TEST(OutputCursor, DropsBytesThatCameBefore) {
  OutputCursor cursor(1000);
  cursor.first_credit();
  cursor.begin(10, false);
  EXPECT_EQ(cursor.output(10, 5).value(), 0u);
  EXPECT_EQ(cursor.output(12, 6).value(), 3u);
  EXPECT_EQ(cursor.output(4, 2).value(), 2u);
  EXPECT_EQ(cursor.resume_offset(), 18u);
}

TEST(OutputCursor, RefusesWhatBreaksTheProtocol) {
  OutputCursor cursor(10);
  cursor.first_credit();
  cursor.begin(0, false);
  EXPECT_TRUE(cursor.output(1, 1).has_error()) << "a byte is missing";
  EXPECT_TRUE(cursor.output(0, 11).has_error()) << "more than the credit";
  EXPECT_TRUE(cursor.gap(5, 4).has_error());
  EXPECT_TRUE(cursor.gap(0, 4).has_value());
  EXPECT_TRUE(cursor.output(4, 1).has_error()) << "a snapshot must follow a gap";
  EXPECT_TRUE(cursor.snapshot(4, 1, false).value());
  EXPECT_TRUE(cursor.snapshot(5, 1, true).has_error()) << "its parts have one offset";
}

TEST(OutputCursor, AsksForTheScreenAnewWhenASnapshotWasCut) {
  OutputCursor cursor(100);
  EXPECT_FALSE(cursor.resume_offset());
  cursor.first_credit();
  cursor.begin(7, true);
  EXPECT_FALSE(cursor.resume_offset());
  EXPECT_TRUE(cursor.snapshot(7, 10, false).value());
  EXPECT_FALSE(cursor.resume_offset());
  EXPECT_FALSE(cursor.snapshot(7, 10, true).value());
  EXPECT_EQ(cursor.resume_offset(), 7u);
  cursor.restart();
  EXPECT_FALSE(cursor.resume_offset());
}

TEST(OutputCursor, GivesBackExactlyTheCreditThatWasReadAndNeverExceedsItsWindow) {
  OutputCursor cursor(100);
  EXPECT_EQ(cursor.first_credit(), 100u);
  cursor.begin(0, false);
  ASSERT_EQ(cursor.output(0, 60).value(), 0u);
  cursor.consumed(40);
  EXPECT_EQ(cursor.take_grant(), 0u) << "less than half a window is not worth a frame";
  cursor.consumed(20);
  EXPECT_EQ(cursor.take_grant(), 60u);
  ASSERT_EQ(cursor.output(60, 100).value(), 0u);
  EXPECT_TRUE(cursor.output(160, 1).has_error());
  // Another connection while 100 bytes are unread: nothing may come until some were read.
  EXPECT_EQ(cursor.first_credit(), 0u);
  cursor.consumed(100);
  EXPECT_EQ(cursor.take_grant(), 100u);
  EXPECT_EQ(cursor.take_grant(), 0u);
}

TEST(Convert, KeepsWhatTheDaemonSaid) {
  v1::Error wire;
  wire.set_code(v1::OUT_OF_RANGE);
  wire.set_message("m");
  wire.set_hint("h");
  wire.mutable_offsets()->set_from(3);
  wire.mutable_offsets()->set_to(9);
  const auto error = from_wire(wire);
  EXPECT_EQ(error.code, errc::out_of_range);
  EXPECT_EQ(error.message, "m");
  EXPECT_EQ(error.hint, "h");
  EXPECT_EQ(error.have_from, 3u);
  EXPECT_EQ(error.have_to, 9u);
  wire.set_code(static_cast<v1::ErrorCode>(999));
  EXPECT_EQ(from_wire(wire).code, errc::internal);
}

}  // namespace
}  // namespace ptyd
