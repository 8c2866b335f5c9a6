#include "common/runtime_paths.hpp"

#include <gtest/gtest.h>

#include <map>

namespace ptyd {
namespace {

using Variables = std::map<std::string, std::string>;

PathInputs inputs_with(Variables variables) {
  PathInputs inputs;
  inputs.env = [variables = std::move(variables)](const char* name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
  inputs.temp_dir = "/tmp";
  inputs.home = "/home/user";
  inputs.user = "1000";
  return inputs;
}

TEST(RuntimePaths, SocketFollowsTheOrderOfItsSources) {
  const struct {
    const char* name;
    Variables variables;
    std::optional<std::string> option;
    std::string socket;
    std::string runtime_dir;
  } cases[] = {
      {"nothing set", {}, {}, "/tmp/ptyd-1000/ptyd.sock", "/tmp/ptyd-1000"},
      {"XDG", {{"XDG_RUNTIME_DIR", "/run/user/1000"}}, {}, "/run/user/1000/ptyd/ptyd.sock", "/run/user/1000/ptyd"},
      {"XDG with slashes", {{"XDG_RUNTIME_DIR", "/run/x//"}}, {}, "/run/x/ptyd/ptyd.sock", "/run/x/ptyd"},
      {"empty is unset",
       {{"XDG_RUNTIME_DIR", ""}, {"PTYD_SOCKET", ""}},
       {},
       "/tmp/ptyd-1000/ptyd.sock",
       "/tmp/ptyd-1000"},
      {"PTYD_SOCKET beats XDG",
       {{"XDG_RUNTIME_DIR", "/run/user/1000"}, {"PTYD_SOCKET", "/a/b.sock"}},
       {},
       "/a/b.sock",
       "/a"},
      {"--socket beats all",
       {{"XDG_RUNTIME_DIR", "/run/user/1000"}, {"PTYD_SOCKET", "/a/b.sock"}},
       "/c/d.sock",
       "/c/d.sock",
       "/c"},
      {"in the root", {}, "/d.sock", "/d.sock", "/"},
  };
  for (const auto& one : cases) {
    const auto paths = compute_paths(inputs_with(one.variables), one.option);
    ASSERT_TRUE(paths) << one.name << ": " << paths.error().message;
    EXPECT_EQ(paths->socket, one.socket) << one.name;
    EXPECT_EQ(paths->runtime_dir, one.runtime_dir) << one.name;
  }
}

TEST(RuntimePaths, EverythingPrivateIsInTheRuntimeFolder) {
  const auto paths = compute_paths(inputs_with({}), "/run/p/my.sock");
  ASSERT_TRUE(paths);
  EXPECT_EQ(paths->lock, "/run/p/ptyd.lock");
  EXPECT_EQ(paths->start_lock, "/run/p/start.lock");
  EXPECT_EQ(paths->hosts_dir, "/run/p/hosts");
  EXPECT_EQ(paths->agents_dir, "/run/p/agents");
}

TEST(RuntimePaths, StateAndConfigurationFollowXdg) {
  const auto plain = compute_paths(inputs_with({}), {});
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->state_dir, "/home/user/.local/state/ptyd");
  EXPECT_EQ(plain->log_file, "/home/user/.local/state/ptyd/ptyd.log");
  EXPECT_EQ(plain->config_file, "/home/user/.config/ptyd/ptyd.toml");

  const auto xdg = compute_paths(inputs_with({{"XDG_STATE_HOME", "/s"}, {"XDG_CONFIG_HOME", "/c"}}), {});
  ASSERT_TRUE(xdg);
  EXPECT_EQ(xdg->state_dir, "/s/ptyd");
  EXPECT_EQ(xdg->config_file, "/c/ptyd/ptyd.toml");

  const auto given = compute_paths(inputs_with({{"PTYD_CONFIG", "/my.toml"}, {"XDG_CONFIG_HOME", "/c"}}), {});
  ASSERT_TRUE(given);
  EXPECT_EQ(given->config_file, "/my.toml");
}

TEST(RuntimePaths, WorkWithoutAHome) {
  auto inputs = inputs_with({});
  inputs.home.clear();
  const auto paths = compute_paths(inputs, {});
  ASSERT_TRUE(paths);
  EXPECT_EQ(paths->state_dir, paths->runtime_dir);
  EXPECT_EQ(paths->config_file, "");
}

TEST(RuntimePaths, RefuseWhatIsNoAbsolutePathAndSayWhereItCameFrom) {
  const struct {
    Variables variables;
    std::optional<std::string> option;
    const char* subject;
  } cases[] = {
      {{}, "relative.sock", "--socket"},
      {{}, "", "--socket"},
      {{}, "/folder/", "--socket"},
      {{}, std::string("/a\0b", 4), "--socket"},
      {{{"PTYD_SOCKET", "x"}}, {}, "PTYD_SOCKET"},
      {{{"XDG_RUNTIME_DIR", "run"}}, {}, "XDG_RUNTIME_DIR"},
      {{{"XDG_STATE_HOME", "state"}}, {}, "XDG_STATE_HOME"},
      {{{"XDG_CONFIG_HOME", "config"}}, {}, "XDG_CONFIG_HOME"},
      {{{"PTYD_CONFIG", "ptyd.toml"}}, {}, "PTYD_CONFIG"},
  };
  for (const auto& one : cases) {
    const auto paths = compute_paths(inputs_with(one.variables), one.option);
    ASSERT_FALSE(paths) << one.subject;
    EXPECT_EQ(paths.error().code, errc::invalid_argument);
    EXPECT_EQ(paths.error().subject, one.subject);
    EXPECT_FALSE(paths.error().hint.empty());
  }
}

TEST(RuntimePaths, CountTheLongestNameInTheFolder) {
  auto inputs = inputs_with({});
  inputs.max_socket_path = 107;
  // runtime_dir + "/agents/" + 32 digits.
  const std::size_t longest = 107 - 8 - 32;
  const std::string fits = "/" + std::string(longest - 1, 'd');
  EXPECT_TRUE(compute_paths(inputs, fits + "/s"));
  const auto refused = compute_paths(inputs, fits + "d/s");
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("107"), std::string::npos);
}

TEST(RuntimePaths, OfTheSystemAreUsable) {
  const auto inputs = system_path_inputs();
  EXPECT_TRUE(inputs.temp_dir.starts_with('/'));
  EXPECT_GE(inputs.max_socket_path, 103u);
  EXPECT_EQ(inputs.env("PTYD_NO_SUCH_VARIABLE"), std::nullopt);
}

}  // namespace
}  // namespace ptyd
