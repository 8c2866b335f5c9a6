#include <gtest/gtest.h>

#include <map>

#include "common/runtime_paths.hpp"

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
  inputs.home = R"(C:\Users\me\AppData\Local)";
  inputs.user = "S-1-5-21-1-2-3-1000";
  return inputs;
}

TEST(RuntimePaths, SocketFollowsTheOrderOfItsSources) {
  const struct {
    Variables variables;
    std::optional<std::string> option;
    std::string name;
  } cases[] = {
      {{}, {}, "ptyd-S-1-5-21-1-2-3-1000"},
      {{{"PTYD_SOCKET", ""}}, {}, "ptyd-S-1-5-21-1-2-3-1000"},
      {{{"PTYD_SOCKET", R"(\\.\pipe\mine)"}}, {}, "mine"},
      {{{"PTYD_SOCKET", R"(\\.\pipe\mine)"}}, R"(\\.\pipe\other_1.2)", "other_1.2"},
  };
  for (const auto& one : cases) {
    const auto paths = compute_paths(inputs_with(one.variables), one.option);
    ASSERT_TRUE(paths) << one.name << ": " << paths.error().message;
    EXPECT_EQ(paths->socket, R"(\\.\pipe\)" + one.name);
    EXPECT_EQ(paths->runtime_dir, R"(C:\Users\me\AppData\Local\ptyd\run\)" + one.name);
  }
}

TEST(RuntimePaths, AllIsBelowTheLocalApplicationData) {
  const auto paths = compute_paths(inputs_with({}), R"(\\.\pipe\p)");
  ASSERT_TRUE(paths);
  const std::string folder = R"(C:\Users\me\AppData\Local\ptyd)";
  EXPECT_EQ(paths->lock, folder + R"(\run\p\ptyd.lock)");
  EXPECT_EQ(paths->start_lock, folder + R"(\run\p\start.lock)");
  EXPECT_EQ(paths->hosts_dir, folder + R"(\run\p\hosts)");
  EXPECT_EQ(paths->state_dir, folder);
  EXPECT_EQ(paths->log_file, folder + R"(\ptyd.log)");
  EXPECT_EQ(paths->config_file, folder + R"(\ptyd.toml)");
}

TEST(RuntimePaths, ConfigurationMayBeElsewhere) {
  const auto paths = compute_paths(inputs_with({{"PTYD_CONFIG", "D:/my.toml"}}), {});
  ASSERT_TRUE(paths);
  EXPECT_EQ(paths->config_file, "D:/my.toml");
}

TEST(RuntimePaths, RefuseOtherNamesAndSayWhereTheyCameFrom) {
  const struct {
    Variables variables;
    std::optional<std::string> option;
    const char* subject;
  } cases[] = {
      {{}, "", "--socket"},
      {{}, "mine", "--socket"},
      {{}, R"(\\.\pipe\)", "--socket"},
      {{}, R"(\\.\pipe\a\b)", "--socket"},
      {{}, R"(\\.\pipe\..)", "--socket"},
      {{}, R"(\\.\pipe\a:b)", "--socket"},
      {{}, R"(\\.\pipe\a b)", "--socket"},
      {{}, R"(\\.\pipe\)" + std::string(129, 'n'), "--socket"},
      {{{"PTYD_SOCKET", "/run/ptyd.sock"}}, {}, "PTYD_SOCKET"},
      {{{"PTYD_CONFIG", "ptyd.toml"}}, {}, "PTYD_CONFIG"},
      {{{"PTYD_CONFIG", R"(\ptyd.toml)"}}, {}, "PTYD_CONFIG"},
  };
  for (const auto& one : cases) {
    const auto paths = compute_paths(inputs_with(one.variables), one.option);
    ASSERT_FALSE(paths) << one.subject;
    EXPECT_EQ(paths.error().code, errc::invalid_argument);
    EXPECT_EQ(paths.error().subject, one.subject);
    EXPECT_FALSE(paths.error().hint.empty());
  }
}

TEST(RuntimePaths, NeedAProfile) {
  auto inputs = inputs_with({});
  inputs.home.clear();
  const auto paths = compute_paths(inputs, {});
  ASSERT_FALSE(paths);
  EXPECT_EQ(paths.error().code, errc::not_found);
}

TEST(RuntimePaths, OfTheSystemAreUsable) {
  const auto inputs = system_path_inputs();
  EXPECT_TRUE(inputs.user.starts_with("S-1-5-")) << inputs.user;
  EXPECT_TRUE(compute_paths(inputs, {})) << inputs.home;
  EXPECT_EQ(inputs.env("PTYD_NO_SUCH_VARIABLE"), std::nullopt);
  EXPECT_NE(inputs.env("SystemRoot"), std::nullopt);
}

}  // namespace
}  // namespace ptyd
