// When waits are over: conditions about a screen, several of them, and what may be waited for at all.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/wait_condition.hpp"
#include "daemon/core/wait_progress.hpp"
#include "daemon/core/wait_tally.hpp"

namespace ptyd {
namespace {

using std::chrono::milliseconds;
using Time = WaitProgress::Time;

constexpr std::uint64_t kFrom = 100;

Time at(int ms) { return Time(std::chrono::hours(1)) + milliseconds(ms); }

WaitCondition condition(WaitKind kind, int ms = 0, std::uint64_t min_bytes = 0, std::uint64_t hash = 0) {
  WaitCondition out;
  out.kind = kind;
  out.duration = milliseconds(ms);
  out.min_bytes = min_bytes;
  out.hash = hash;
  return out;
}

struct Look {
  int ms;
  std::uint64_t offset;
  std::uint64_t hash;
};

struct StillCase {
  std::string_view name;
  WaitCondition condition;
  std::vector<Look> looks;  // it holds at the last one, and not before
  int due_before_last;      // in ms; -1: nothing
};

TEST(WaitProgress, StillnessHoldsWhenTheTimeIsOver) {
  const std::vector<StillCase> cases{
      {"quiet from the start on", condition(WaitKind::quiet, 10), {{0, 100, 1}, {9, 100, 1}, {10, 100, 1}}, 10},
      {"quiet after output", condition(WaitKind::quiet, 10), {{0, 100, 1}, {6, 101, 1}, {15, 101, 1}, {16, 101, 1}}, 16},
      {"quiet although the screen changes", condition(WaitKind::quiet, 10), {{0, 100, 1}, {9, 100, 2}, {10, 100, 3}}, 10},
      {"not quiet before something came", condition(WaitKind::quiet, 10, 5), {{0, 100, 1}, {90, 104, 1}, {200, 105, 1}, {210, 105, 1}}, 210},
      {"settled from the start on", condition(WaitKind::settled, 10), {{0, 100, 1}, {9, 101, 1}, {10, 102, 1}}, 10},
      {"settled after a change", condition(WaitKind::settled, 10), {{0, 100, 1}, {4, 101, 2}, {13, 102, 2}, {14, 103, 2}}, 14},
      {"a spinner does not settle", condition(WaitKind::settled, 10),
       {{0, 100, 1}, {9, 101, 2}, {18, 102, 3}, {27, 103, 2}, {37, 103, 2}}, 37},
      {"not settled before something came", condition(WaitKind::settled, 10, 1), {{0, 100, 1}, {90, 100, 1}, {91, 101, 1}}, -1},
      {"changed", condition(WaitKind::changed, 0, 0, 7), {{0, 100, 7}, {5, 101, 7}, {6, 102, 8}}, -1},
      {"changed already", condition(WaitKind::changed, 0, 0, 7), {{0, 100, 8}}, -1},
  };
  for (const auto& [name, wanted, looks, due] : cases) {
    SCOPED_TRACE(name);
    WaitProgress progress({wanted}, kFrom, at(0));
    for (std::size_t i = 0; i < looks.size(); ++i) {
      const bool last = i + 1 == looks.size();
      if (last && i > 0) {
        ASSERT_EQ(progress.due().has_value(), due >= 0);
        if (due >= 0) {
          EXPECT_EQ(*progress.due(), at(due));
        }
      }
      EXPECT_EQ(progress.look({looks[i].offset, looks[i].hash}, at(looks[i].ms)).size(), last ? 1u : 0u) << i;
    }
    EXPECT_TRUE(progress.done());
    EXPECT_FALSE(progress.due());
    EXPECT_TRUE(progress.look({999, 999}, at(9999)).empty());
  }
}

TEST(WaitProgress, KnowsWhatItNeedsUntilThatHasHeld) {
  WaitProgress progress({condition(WaitKind::exit), condition(WaitKind::text), condition(WaitKind::match),
                         condition(WaitKind::command), condition(WaitKind::changed)},
                        0, at(0));
  EXPECT_TRUE(progress.wants_hash());
  EXPECT_EQ(progress.look({1, 5}, at(1)), std::vector<std::size_t>{4});
  EXPECT_FALSE(progress.wants_hash());
  progress.found(1);
  progress.found(1);
  EXPECT_TRUE(progress.wants_lines());
  progress.found(2);
  EXPECT_FALSE(progress.wants_lines());
  EXPECT_TRUE(progress.wants_commands());
  EXPECT_FALSE(progress.done());
  progress.found(3);
  EXPECT_TRUE(progress.done()) << "the end of the program is not the screen's to tell";
}

TEST(WaitTally, OutcomeOfTwoSessionsAndTwoConditions) {
  struct Case {
    std::string_view name;
    std::string_view states;  // of s0c0 s0c1 s1c0 s1c1: '.' open, 'h' held, 'x' hopeless
    WaitOutcome any;
    WaitOutcome all;
  };
  const std::vector<Case> cases{
      {"nothing", "....", WaitOutcome::waiting, WaitOutcome::waiting},
      {"one", "..h.", WaitOutcome::held, WaitOutcome::waiting},
      {"all", "hhhh", WaitOutcome::held, WaitOutcome::held},
      {"one is hopeless", "hh.x", WaitOutcome::held, WaitOutcome::ended},
      {"only one is left", "xx.x", WaitOutcome::waiting, WaitOutcome::ended},
      {"all are hopeless", "xxxx", WaitOutcome::ended, WaitOutcome::ended},
  };
  for (const auto& [name, states, any, all] : cases) {
    SCOPED_TRACE(name);
    for (const bool one_is_enough : {true, false}) {
      WaitTally tally(2, 2, one_is_enough);
      for (std::size_t i = 0; i < states.size(); ++i) {
        if (states[i] == 'h') tally.held(i / 2, i % 2);
        if (states[i] == 'x') tally.hopeless(i / 2, i % 2);
        EXPECT_EQ(tally.open(i / 2, i % 2), states[i] == '.');
      }
      EXPECT_EQ(tally.outcome(), one_is_enough ? any : all);
    }
  }
}

TEST(WaitTally, WhatHasHeldStaysSo) {
  WaitTally tally(1, 1, false);
  tally.held(0, 0);
  tally.hopeless(0, 0);
  EXPECT_EQ(tally.outcome(), WaitOutcome::held);
}

TEST(WaitCondition, WhatCanNotBeWaitedForIsRefused) {
  const auto with_text = [](WaitKind kind, std::string text) {
    auto out = condition(kind);
    out.text = std::move(text);
    return out;
  };
  struct Case {
    std::string_view name;
    WaitCondition condition;
    std::string_view subject;  // empty: it is fine
  };
  const std::vector<Case> cases{
      {"text", with_text(WaitKind::text, "a \xc3\xa9"), ""},
      {"longest text", with_text(WaitKind::text, std::string(1024, 'x')), ""},
      {"too long", with_text(WaitKind::text, std::string(1025, 'x')), "text"},
      {"no text", with_text(WaitKind::text, ""), "text"},
      {"two lines", with_text(WaitKind::text, "a\nb"), "text"},
      {"no UTF-8", with_text(WaitKind::text, "\xff"), "text"},
      {"no pattern", with_text(WaitKind::match, ""), "text"},
      {"too long a pattern", with_text(WaitKind::match, std::string(1025, 'x')), "text"},
      {"for ever", condition(WaitKind::quiet, 1000 * 60 * 60 * 24 + 1), "for_ms"},
      {"for a day", condition(WaitKind::quiet, 1000 * 60 * 60 * 24), ""},
      {"for no time", condition(WaitKind::settled, 0), "for_ms"},
      {"exit", condition(WaitKind::exit), ""},
  };
  for (const auto& [name, wanted, subject] : cases) {
    SCOPED_TRACE(name);
    const auto fine = check_condition(wanted);
    EXPECT_EQ(fine.has_value(), subject.empty());
    if (!fine) {
      EXPECT_EQ(fine.error().subject, subject);
    }
  }
}

TEST(WaitCondition, HashesAreSixteenDigits) {
  EXPECT_EQ(*parse_screen_hash("00000000000000ff", "hash"), 0xffu);
  for (const auto* const wrong : {"", "ff", "00000000000000fg", "00000000000000ff0", "-0000000000000ff", "0x000000000000ff"}) {
    const auto hash = parse_screen_hash(wrong, "hash");
    ASSERT_FALSE(hash) << wrong;
    EXPECT_EQ(hash.error().subject, "hash");
  }
}

}  // namespace
}  // namespace ptyd
