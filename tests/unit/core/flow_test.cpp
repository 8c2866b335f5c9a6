#include "daemon/core/flow.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "daemon/core/credit.hpp"

namespace ptyd {
namespace {

TEST(Flow, DecidesTheNextStep) {
  struct Case {
    const char* what;
    FlowInput in;
    FlowDecision wanted;
  };
  using enum FlowPolicy;
  const std::vector<Case> cases{
      {"all was sent", {resync, 50, 0, 50, 10, 16}, {FlowStep::wait_output, 0}},
      {"all was sent and no credit", {resync, 50, 0, 50, 0, 16}, {FlowStep::wait_output, 0}},
      {"no credit", {resync, 40, 0, 50, 0, 16}, {FlowStep::wait_credit, 0}},
      {"as much as there is", {resync, 40, 0, 50, 100, 16}, {FlowStep::send, 10}},
      {"as much as credit allows", {lossless, 40, 0, 50, 3, 16}, {FlowStep::send, 3}},
      {"as much as a frame takes", {disconnect, 10, 0, 50, 100, 16}, {FlowStep::send, 16}},
      {"the oldest byte is there", {resync, 10, 10, 50, 100, 16}, {FlowStep::send, 16}},
      {"overwritten, resync", {resync, 9, 10, 50, 100, 16}, {FlowStep::resync, 0}},
      {"overwritten, resync needs no credit", {resync, 9, 10, 50, 0, 16}, {FlowStep::resync, 0}},
      {"overwritten, disconnect", {disconnect, 9, 10, 50, 100, 16}, {FlowStep::fell_behind, 0}},
      {"overwritten, lossless does not skip", {lossless, 9, 10, 50, 100, 16}, {FlowStep::fell_behind, 0}},
      {"a cursor beyond the head waits", {resync, 60, 0, 50, 100, 16}, {FlowStep::wait_output, 0}},
  };
  for (const auto& test : cases) EXPECT_EQ(next_step(test.in), test.wanted) << test.what;
}

TEST(Flow, HoldsTheFloorWhileTheLagIsSmallOrNothingMayBeLost) {
  EXPECT_TRUE(holds_floor(FlowPolicy::lossless, 0, 1000, 10));
  for (const auto policy : {FlowPolicy::resync, FlowPolicy::disconnect}) {
    EXPECT_TRUE(holds_floor(policy, 100, 100, 64));
    EXPECT_TRUE(holds_floor(policy, 100, 132, 64));
    EXPECT_FALSE(holds_floor(policy, 100, 133, 64));
    EXPECT_TRUE(holds_floor(policy, 101, 100, 64));
  }
}

TEST(Flow, TheFloorIsTheOldestCursor) {
  EXPECT_EQ(floor_of({}), kNobodyHolds);
  const std::vector<FloorHolder> holders{{30}, {10}, {20}};
  EXPECT_EQ(floor_of(holders), 10u);
}

// A producer with a ring, and an attachment that is granted credit now and then, in a random order.
class Schedule {
 public:
  Schedule(std::uint32_t seed, FlowPolicy policy) : random_(seed), policy_(policy) {}

  void run() {
    for (int i = 0; i < 2000 && !fell_behind_; ++i) {
      switch (random_() % 4) {
        case 0: produce(); break;
        case 1: grant(); break;
        default: step(); break;
      }
    }
    granted_ += written_.size();
    credit_.grant(written_.size());
    while (!fell_behind_ && cursor_ < written_.size()) step();
  }

  void check() const {
    std::uint64_t sent = 0;
    std::uint64_t expected = 0;
    for (const auto& [offset, bytes] : pieces_) {
      ASSERT_GE(offset, expected);
      if (policy_ != FlowPolicy::resync) {
        ASSERT_EQ(offset, expected);
      }
      ASSERT_EQ(bytes, written_.substr(offset, bytes.size()));
      expected = offset + bytes.size();
      sent += bytes.size();
    }
    EXPECT_LE(sent, granted_);
    if (policy_ == FlowPolicy::lossless) {
      EXPECT_FALSE(fell_behind_);
      EXPECT_EQ(sent, written_.size());
    }
  }

  bool fell_behind() const { return fell_behind_; }
  int resyncs() const { return resyncs_; }

 private:
  static constexpr std::uint64_t kCapacity = 256;

  std::uint64_t oldest() const { return written_.size() - std::min<std::uint64_t>(written_.size(), kCapacity); }

  void produce() {
    auto count = random_() % 100;
    if (holds_floor(policy_, cursor_, written_.size(), kCapacity)) {
      const std::vector<FloorHolder> holders{{cursor_}};
      const auto room = floor_of(holders) + kCapacity - written_.size();
      count = static_cast<std::uint32_t>(std::min<std::uint64_t>(count, room));
    }
    for (; count > 0; --count) written_ += static_cast<char>(random_());
  }

  void grant() {
    const auto bytes = random_() % 60;
    granted_ += bytes;
    credit_.grant(bytes);
  }

  void step() {
    const auto decision =
        next_step({policy_, cursor_, oldest(), written_.size(), credit_.available(), 1 + random_() % 40});
    switch (decision.step) {
      case FlowStep::send:
        ASSERT_GT(decision.bytes, 0u);
        ASSERT_TRUE(credit_.spend(decision.bytes));
        ASSERT_GE(cursor_, oldest());
        ASSERT_LE(cursor_ + decision.bytes, written_.size());
        pieces_.emplace_back(cursor_, written_.substr(cursor_, decision.bytes));
        cursor_ += decision.bytes;
        break;
      case FlowStep::resync:
        ++resyncs_;
        cursor_ = written_.size();
        break;
      case FlowStep::fell_behind: fell_behind_ = true; break;
      case FlowStep::wait_output: ASSERT_EQ(cursor_, written_.size()); break;
      case FlowStep::wait_credit: ASSERT_EQ(credit_.available(), 0u); break;
    }
  }

  std::mt19937 random_;
  FlowPolicy policy_;
  std::string written_;
  Credit credit_;
  std::uint64_t granted_ = 0;
  std::uint64_t cursor_ = 0;
  std::vector<std::pair<std::uint64_t, std::string>> pieces_;
  bool fell_behind_ = false;
  int resyncs_ = 0;
};

TEST(Flow, EveryByteIsSentOnceAndInOrderWithinTheCredit) {
  int resyncs = 0;
  int fell_behind = 0;
  for (std::uint32_t seed = 1; seed <= 100; ++seed) {
    for (const auto policy : {FlowPolicy::resync, FlowPolicy::lossless, FlowPolicy::disconnect}) {
      SCOPED_TRACE(testing::Message() << "seed " << seed << ", policy " << static_cast<int>(policy));
      Schedule schedule(seed, policy);
      schedule.run();
      schedule.check();
      if (testing::Test::HasFatalFailure()) return;
      resyncs += schedule.resyncs();
      fell_behind += schedule.fell_behind() ? 1 : 0;
      EXPECT_TRUE(policy == FlowPolicy::disconnect || !schedule.fell_behind());
      EXPECT_TRUE(policy == FlowPolicy::resync || schedule.resyncs() == 0);
    }
  }
  // The schedules reach the cases that matter.
  EXPECT_GT(resyncs, 0);
  EXPECT_GT(fell_behind, 0);
}

}  // namespace
}  // namespace ptyd
