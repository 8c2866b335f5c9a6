#include "daemon/session/redraw.hpp"

#include <gtest/gtest.h>

#include "daemon/core/replay_filter.hpp"

namespace ptyd {
namespace {

TEST(Redraw, RecentOutputFollowsTheResetWithoutItsQueries) {
  const auto rebuilt = rebuild_screen("a\x1b[6nb\n", {});
  EXPECT_EQ(rebuilt.bytes, replay_prefix() + "ab\n");
  EXPECT_EQ(rebuilt.unfinished, 0u);
}

TEST(Redraw, ItBeginsInTheModesOfBefore) {
  TerminalModes before;
  before.bracketed_paste = true;
  EXPECT_EQ(rebuild_screen("line", before).bytes, replay_prefix() + restore_modes(before) + "line");
}

TEST(Redraw, NothingRecentIsJustTheReset) { EXPECT_EQ(rebuild_screen("", {}).bytes, replay_prefix()); }

TEST(Redraw, AnUnfinishedSequenceIsLeftOutAndCounted) {
  const auto rebuilt = rebuild_screen("text\x1b[6", {});
  EXPECT_EQ(rebuilt.bytes, replay_prefix() + "text");
  EXPECT_EQ(rebuilt.unfinished, 3u);
}

}  // namespace
}  // namespace ptyd
