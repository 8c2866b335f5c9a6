#include "daemon/core/client_variables.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace ptyd {
namespace {

bool is_unset(const ClientVariables& variables, const std::string& name) {
  const auto names = variables.unset();
  return std::find(names.begin(), names.end(), name) != names.end();
}

TEST(ClientVariables, BeginWithThoseOfTheCreator) {
  const ClientVariables variables({"PATH=/bin", "DISPLAY=:0", "EMPTY", "SSH_TTY=/dev/pts/1=2"});
  EXPECT_EQ(variables.set(), (Variables{{"DISPLAY", ":0"}, {"SSH_TTY", "/dev/pts/1=2"}}));
  EXPECT_TRUE(is_unset(variables, "XAUTHORITY"));
  EXPECT_FALSE(is_unset(variables, "DISPLAY"));
  EXPECT_FALSE(is_unset(variables, "PATH"));
}

TEST(ClientVariables, FollowWhoAttachedLast) {
  ClientVariables variables({"DISPLAY=:0", "SSH_TTY=/dev/pts/1"});
  variables.attached({{"DISPLAY", ":1"}, {"PATH", "/evil"}}, false);
  EXPECT_EQ(variables.set(), (Variables{{"DISPLAY", ":1"}, {"SSH_TTY", "/dev/pts/1"}}));
  variables.attached({{"WAYLAND_DISPLAY", "wayland-0"}}, true);
  EXPECT_EQ(variables.set(), (Variables{{"WAYLAND_DISPLAY", "wayland-0"}}));
  EXPECT_TRUE(is_unset(variables, "DISPLAY"));
  variables.attached({}, false);
  EXPECT_EQ(variables.set().size(), 1u);
}

}  // namespace
}  // namespace ptyd
