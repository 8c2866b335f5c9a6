#include "daemon/hostwire/ring_view.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <numeric>
#include <vector>

#include "daemon/host/usage.hpp"
#include "tests/unit/hostlink/test_ring.hpp"

namespace ptyd {
namespace {

constexpr std::uint64_t kCapacity = TestRing::kCapacity;
constexpr std::uint64_t kHuge = std::numeric_limits<std::uint64_t>::max();

RingView view_of(const TestRing& ring) { return RingView::map(ring.handle()).value(); }

std::string text_of(const RingSpans& spans) {
  std::string text;
  for (const auto& span : {spans.first, spans.second})
    text.append(static_cast<const char*>(static_cast<const void*>(span.data())), span.size());
  return text;
}

TEST(RingView, RefusesARingThatDoesNotFit) {
  const struct {
    const char* name;
    std::function<void(host::RingHeader&)> damage;
  } cases[] = {
      {"magic", [](auto& header) { header.magic ^= 1; }},
      {"version", [](auto& header) { header.version = 2; }},
      {"data offset", [](auto& header) { header.data_offset = 0; }},
      {"capacity 0", [](auto& header) { header.capacity = 0; }},
      {"capacity too large", [](auto& header) { header.capacity = kCapacity * 2; }},
      {"capacity no power of two", [](auto& header) { header.capacity = kCapacity - 4096; }},
      {"capacity huge", [](auto& header) { header.capacity = std::uint64_t{1} << 63; }},
  };
  for (const auto& one : cases) {
    TestRing ring;
    ASSERT_TRUE(RingView::map(ring.handle()));
    one.damage(ring.header());
    const auto view = RingView::map(ring.handle());
    ASSERT_FALSE(view) << one.name;
    EXPECT_EQ(view.error().code, errc::malformed) << one.name;
  }
}

TEST(RingView, HeadIsBoundedByWhatTheHostReserved) {
  TestRing ring;
  const auto view = view_of(ring);
  ring.write("hello");
  EXPECT_EQ(view.head(), 5u);
  ring.header().head = 1000;
  EXPECT_EQ(view.head(), 5u);
}

TEST(RingView, HeadNeverGoesBack) {
  TestRing ring;
  const auto view = view_of(ring);
  ring.write("hello");
  ASSERT_EQ(view.head(), 5u);
  ring.header().head = 2;
  EXPECT_EQ(view.head(), 5u);
  ring.header().reserve = 0;
  EXPECT_EQ(view.head(), 5u);
}

TEST(RingView, ReadsInTwoPiecesAcrossTheEnd) {
  TestRing ring;
  const auto view = view_of(ring);
  ring.write(std::string(kCapacity - 3, '.'));
  ring.write("abcdef");
  const auto spans = view.read(kCapacity - 3, 100);
  EXPECT_EQ(spans.first.size(), 3u);
  EXPECT_EQ(spans.second.size(), 3u);
  EXPECT_EQ(text_of(spans), "abcdef");
  EXPECT_EQ(text_of(view.read(kCapacity - 1, 2)), "cd");
  EXPECT_EQ(text_of(view.read(kCapacity, 2)), "de");
}

TEST(RingView, ReadsNothingThatIsNotThere) {
  TestRing ring;
  const auto view = view_of(ring);
  ring.write(std::string(kCapacity, 'x'));
  ring.write("yyyy");
  EXPECT_EQ(view.oldest(), 4u);
  EXPECT_EQ(view.read(3, 10).size(), 0u);
  EXPECT_EQ(view.read(4, 10).size(), 10u);
  EXPECT_EQ(view.read(view.head(), 10).size(), 0u);
  EXPECT_EQ(view.read(kHuge, 10).size(), 0u);
  EXPECT_EQ(view.read(4, std::numeric_limits<std::size_t>::max()).size(), kCapacity);
}

TEST(RingView, HoldTellsWhatTheHostMayAlreadyBeOverwriting) {
  TestRing ring;
  auto view = view_of(ring);
  ring.write(std::string(kCapacity, 'x'));
  EXPECT_EQ(view.hold(100), 100u);
  EXPECT_EQ(ring.header().floor, 100u);
  ring.header().reserve = kCapacity + 300;  // it writes below 300 now
  EXPECT_EQ(view.oldest(), 300u);
  EXPECT_EQ(view.hold(200), 300u);
  EXPECT_EQ(view.hold(400), 400u);
  view.release();
  EXPECT_EQ(view.floor(), host::kNoFloor);
}

TEST(RingView, SaysWhetherTheHostWaits) {
  TestRing ring;
  const auto view = view_of(ring);
  EXPECT_FALSE(view.host_waits());
  ring.header().waiting_at_floor = 1;
  EXPECT_TRUE(view.host_waits());
}

TEST(RingView, ArmsForOutputUnlessThereIsSomeAndNobodyWillLookAgain) {
  const struct {
    std::uint64_t seen;
    bool burst;
    bool armed;
  } cases[] = {{5, false, true}, {4, false, false}, {4, true, true}, {5, true, true}, {9, false, true}};
  for (const auto& one : cases) {
    TestRing ring;
    auto view = view_of(ring);
    ring.write("hello");
    ring.header().burst = one.burst ? 1 : 0;
    EXPECT_EQ(view.arm_output(one.seen), one.armed) << one.seen << one.burst;
    EXPECT_EQ(ring.header().output_armed, one.armed ? 1u : 0u) << one.seen << one.burst;
  }
}

TEST(RingView, LeavesTheWakeUpThatAnotherOneSleepsFor) {
  TestRing ring;
  auto view = view_of(ring);
  ring.write("hello");
  EXPECT_TRUE(view.arm_output(5));
  ring.write("more");  // the host has not looked who asked yet
  EXPECT_FALSE(view.arm_output(5));
  EXPECT_EQ(ring.header().output_armed, 1u);
}

TEST(RingView, KeepsTheNamesOfThoseThatTheFloorIsHeldFor) {
  TestRing ring;
  auto view = view_of(ring);
  using Names = std::vector<std::uint64_t>;
  EXPECT_EQ(view.floor_names(), Names());
  view.set_floor_holders(3, Names{7, 8, 0});
  EXPECT_EQ(view.floor_holders(), 3u);
  EXPECT_EQ(view.floor_names(), (Names{7, 8}));
  view.set_floor_holders(2, Names{9, 8});
  EXPECT_EQ(view.floor_names(), (Names{9, 8}));
  Names many(host::kFloorNames + 10);
  std::iota(many.begin(), many.end(), 1);
  view.set_floor_holders(static_cast<std::uint32_t>(many.size()), many);
  EXPECT_EQ(view.floor_holders(), host::kFloorNames + 10);
  EXPECT_EQ(view.floor_names().size(), host::kFloorNames);
  view.set_floor_holders(0, {});
  EXPECT_EQ(view.floor_names(), Names());
  EXPECT_EQ(view.floor_holders(), 0u);
}

TEST(RingView, ArmsForInputUnlessItHasMoved) {
  TestRing ring;
  auto view = view_of(ring);
  ring.header().input_taken = 10;
  ring.header().input_written = 7;
  EXPECT_TRUE(view.arm_input(10, 7));
  EXPECT_EQ(ring.header().input_armed, 1u);
  EXPECT_FALSE(view.arm_input(9, 7));
  EXPECT_EQ(ring.header().input_armed, 0u);
  EXPECT_FALSE(view.arm_input(10, 6));
}

TEST(RingView, FindsAnInputStreamByItsId) {
  TestRing ring;
  const auto view = view_of(ring);
  std::array<std::uint8_t, 16> id{};
  id.fill(7);
  std::uint64_t accepted = 1;
  EXPECT_FALSE(view.input_stream(id, accepted));
  auto& slot = ring.header().streams[host::kInputStreams - 1];
  std::copy(id.begin(), id.end(), slot.id);
  slot.accepted = 42;
  EXPECT_FALSE(view.input_stream(id, accepted)) << "a free slot names nobody";
  slot.used = 1;
  EXPECT_TRUE(view.input_stream(id, accepted));
  EXPECT_EQ(accepted, 42u);
  id[0] = 8;
  EXPECT_FALSE(view.input_stream(id, accepted));
}

TEST(RingView, StateIsAlwaysOneThatExists) {
  TestRing ring;
  const auto view = view_of(ring);
  EXPECT_EQ(view.state(), host::State::running);
  ring.header().state = 77;
  EXPECT_EQ(view.state(), host::State::running);
  ring.header().exit_kind = 77;
  EXPECT_EQ(view.exit_kind(), host::ExitKind::unknown);
  ring.header().exit_kind = 2;
  ring.header().exit_value = 9;
  ring.header().state = 2;
  EXPECT_EQ(view.state(), host::State::exited);
  EXPECT_EQ(view.exit_kind(), host::ExitKind::signaled);
  EXPECT_EQ(view.exit_value(), 9u);
}

TEST(RingView, WhatAProgramHasUsedIsKnownOnceItHasEndedAndItsHostSaysSo) {
  TestRing ring;
  const auto view = view_of(ring);
  ring.header().state = 2;
  EXPECT_FALSE(view.usage()) << "a host that knows nothing of it";
  host::tell_usage(ring.header(), 5, 6, 7);
  ring.header().state = 1;
  EXPECT_FALSE(view.usage()) << "it runs";
  ring.header().state = 2;
  ASSERT_TRUE(view.usage());
  EXPECT_EQ(view.usage()->user_us, 5u);
  EXPECT_EQ(view.usage()->system_us, 6u);
  EXPECT_EQ(view.usage()->max_rss_bytes, 7u);
  host::tell_usage(ring.header(), 9, 9, 9);
  EXPECT_EQ(view.usage()->user_us, 5u) << "it is told once";
}

TEST(RingView, WindowSizeIsAlwaysUsable) {
  TestRing ring;
  const auto view = view_of(ring);
  ring.header().window_size = 120 | 40u << 16 | std::uint64_t{640} << 32 | std::uint64_t{480} << 48;
  const auto size = view.window_size();
  EXPECT_EQ(size.cols, 120);
  EXPECT_EQ(size.rows, 40);
  EXPECT_EQ(size.x_pixels, 640);
  EXPECT_EQ(size.y_pixels, 480);
  for (const std::uint64_t packed : {std::uint64_t{0}, kHuge}) {
    ring.header().window_size = packed;
    EXPECT_GE(view.window_size().cols, 1);
    EXPECT_LE(view.window_size().rows, 10000);
  }
}

TEST(RingView, RemembersTheSizesOfTheWindow) {
  TestRing ring;
  const auto view = view_of(ring);
  std::vector<SizeChange> changes;
  EXPECT_EQ(view.size_changes(0, changes), 0u);
  EXPECT_TRUE(changes.empty());
  const auto note = [&](std::uint64_t number) {
    auto& change = ring.header().size_changes[number % host::kSizeChanges];
    change.offset = number * 10;
    change.size = (number + 1) | 24u << 16;
    ring.header().size_change_count = number + 1;
  };
  note(0);
  note(1);
  EXPECT_EQ(view.size_changes(1, changes), 1u);
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0].offset, 10u);
  EXPECT_EQ(changes[0].size.cols, 2);
  for (std::uint64_t number = 2; number < 100; ++number) note(number);
  EXPECT_EQ(view.size_changes(2, changes), 100 - (host::kSizeChanges - 1));
  ASSERT_EQ(changes.size(), host::kSizeChanges - 1);
  EXPECT_EQ(changes.back().size.cols, 100);
  EXPECT_EQ(view.size_changes(100, changes), 100u);
  ring.header().size_change_count = kHuge;
  view.size_changes(0, changes);
  EXPECT_LE(changes.size(), host::kSizeChanges);
}

TEST(RingView, NoNumberOfTheHostMakesItReadOutside) {
  const std::uint64_t numbers[] = {0, 1, kCapacity, kCapacity + 1, std::uint64_t{1} << 62, kHuge - 1, kHuge};
  for (const auto head : numbers) {
    for (const auto reserve : numbers) {
      TestRing ring;
      auto view = view_of(ring);
      ring.header().head = head;
      ring.header().reserve = reserve;
      EXPECT_LE(view.oldest(), view.head());
      for (const auto offset : numbers) {
        const auto spans = view.read(offset, std::numeric_limits<std::size_t>::max());
        ASSERT_LE(spans.size(), kCapacity);
        EXPECT_EQ(text_of(spans), std::string(spans.size(), '\0'));
        static_cast<void>(view.hold(offset));
      }
    }
  }
}

TEST(RingView, MovesWithItsMapping) {
  TestRing ring;
  ring.write("abc");
  auto first = view_of(ring);
  RingView second(std::move(first));
  EXPECT_EQ(text_of(second.read(0, 3)), "abc");
  TestRing other;
  auto third = view_of(other);
  third = std::move(second);
  EXPECT_EQ(text_of(third.read(0, 3)), "abc");
}

}  // namespace
}  // namespace ptyd
