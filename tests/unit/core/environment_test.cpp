#include "daemon/core/environment.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ptyd {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsSupersetOf;
using testing::Not;

const std::string kId = "00112233445566778899aabbccddeeff";
const std::string kOuter = "ffeeddccbbaa99887766554433221100";

SessionEnv session() {
  SessionEnv env;
  env.socket = "/run/user/1000/ptyd/socket";
  env.name = "work";
  env.id = kId;
  env.term = "xterm-256color";
  return env;
}

TEST(Environment, SaysWhichSessionItIs) {
  EXPECT_THAT(session_environment({}, session()),
              ElementsAre("PTYD_SOCKET=/run/user/1000/ptyd/socket", "PTYD_SESSION=work", "PTYD_SESSION_ID=" + kId,
                          "PTYD_ANCESTRY=" + kId, "TERM=xterm-256color", "COLORTERM=truecolor"));
}

TEST(Environment, PassesOnWhatTheCreatorHas) {
  const auto env = session_environment({"PATH=/bin", "EMPTY=", "LANG=C=x", "PTYD_DETACH_KEYS=ctrl-a"}, session());
  EXPECT_THAT(env, IsSupersetOf({"PATH=/bin", "EMPTY=", "LANG=C=x", "PTYD_DETACH_KEYS=ctrl-a"}));
}

TEST(Environment, LeavesOutOtherTerminalsAndServices) {
  const std::vector<std::string> outer{
      "TMUX=/tmp/t,1,0",       "TMUX_PANE=%1",      "STY=1.tty",       "ZELLIJ=0",
      "ZELLIJ_SESSION_NAME=x", "INSIDE_EMACS=29",   "NVIM=/run/nvim",  "VSCODE_IPC=x",
      "WT_SESSION=1",          "KITTY_WINDOW_ID=1", "WEZTERM_PANE=1",  "NOTIFY_SOCKET=@x",
      "LISTEN_FDS=1",          "LISTEN_PID=7",      "INVOCATION_ID=x", "JOURNAL_STREAM=8:9"};
  const auto env = session_environment(outer, session());
  for (const auto& entry : outer) EXPECT_THAT(env, Not(Contains(entry)));
  EXPECT_THAT(session_environment({"STYLE=x", "NVIM_APPNAME=y"}, session()),
              IsSupersetOf({"STYLE=x", "NVIM_APPNAME=y"}));
}

TEST(Environment, ReplacesWhatTheSessionSets) {
  const auto env =
      session_environment({"TERM=dumb", "PTYD_SESSION=outer", "PTYD_SESSION_ID=1", "PTYD_SOCKET=/x"}, session());
  EXPECT_THAT(env, Not(Contains("TERM=dumb")));
  EXPECT_THAT(env, Not(Contains("PTYD_SESSION=outer")));
  EXPECT_THAT(env, Contains("TERM=xterm-256color"));
}

TEST(Environment, KeepsTheCreatorsColorterm) {
  const auto env = session_environment({"COLORTERM=24bit"}, session());
  EXPECT_THAT(env, Contains("COLORTERM=24bit"));
  EXPECT_THAT(env, Not(Contains("COLORTERM=truecolor")));
}

TEST(Environment, PointsToTheSessionsAgentLinkIfThereIsOne) {
  auto ours = session();
  EXPECT_THAT(session_environment({"SSH_AUTH_SOCK=/tmp/agent"}, ours), Contains("SSH_AUTH_SOCK=/tmp/agent"));
  ours.ssh_auth_sock = "/run/agents/1";
  const auto env = session_environment({"SSH_AUTH_SOCK=/tmp/agent"}, ours);
  EXPECT_THAT(env, Contains("SSH_AUTH_SOCK=/run/agents/1"));
  EXPECT_THAT(env, Not(Contains("SSH_AUTH_SOCK=/tmp/agent")));
}

TEST(Environment, TheFirstOfEqualNamesCountsAndEntriesWithoutNameGo) {
  const auto env = session_environment({"A=1", "A=2", "=x", "B", ""}, session());
  EXPECT_THAT(env, Contains("A=1"));
  EXPECT_THAT(env, Not(Contains("A=2")));
  EXPECT_THAT(env, Not(Contains("=x")));
  EXPECT_THAT(env, Not(Contains("B")));
}

TEST(Environment, AncestryGrowsByTheSessionsId) {
  auto ours = session();
  ours.ancestry = kOuter;
  EXPECT_THAT(session_environment({}, ours), Contains("PTYD_ANCESTRY=" + kOuter + "," + kId));
  ours.ancestry = "junk,," + kOuter + ",\x1b[31m";
  EXPECT_THAT(session_environment({}, ours), Contains("PTYD_ANCESTRY=" + kOuter + "," + kId));
}

TEST(Environment, AncestryStaysShort) {
  auto ours = session();
  for (int i = 0; i < 1000; ++i) ours.ancestry += kOuter + ",";
  for (const auto& entry : session_environment({}, ours)) {
    if (entry.starts_with("PTYD_ANCESTRY=")) {
      EXPECT_EQ(entry.size(), std::string("PTYD_ANCESTRY=").size() + 32 * 33 - 1);
      EXPECT_TRUE(entry.ends_with(kId));
    }
  }
}

}  // namespace
}  // namespace ptyd
