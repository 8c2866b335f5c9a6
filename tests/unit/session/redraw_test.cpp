#include "daemon/session/redraw.hpp"

#include <gtest/gtest.h>

#include "daemon/core/replay_filter.hpp"

namespace ptyd {
namespace {

TEST(Redraw, AWholeHistoryFollowsTheReset) {
  EXPECT_EQ(rebuild_screen("a\x1b[6nb\n", true, {}), replay_prefix() + "ab\n");
}

TEST(Redraw, APartBeginsAtALineInTheModesOfBefore) {
  TerminalModes before;
  before.bracketed_paste = true;
  EXPECT_EQ(rebuild_screen("31mrest\nline", false, before), replay_prefix() + restore_modes(before) + "line");
}

TEST(Redraw, NothingRecentIsJustTheReset) {
  EXPECT_EQ(rebuild_screen("", true, {}), replay_prefix());
  EXPECT_EQ(rebuild_screen("", false, {}), replay_prefix());
}

TEST(Redraw, AnUnfinishedSequenceIsLeftOut) {
  EXPECT_EQ(rebuild_screen("text\x1b[6", true, {}), replay_prefix() + "text");
}

}  // namespace
}  // namespace ptyd
