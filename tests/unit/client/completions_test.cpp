#include <gtest/gtest.h>

#include <string>

#include "client/cli/verb.hpp"

namespace ptyd {
namespace {

using Shell = CompletionsOptions::Shell;

TEST(Completions, NameEveryVerbAndNeverStartADaemon) {
  for (const auto shell : {Shell::bash, Shell::zsh, Shell::fish}) {
    const std::string script = completion_script(shell);
    for (const auto& verb : all_verbs()) EXPECT_NE(script.find(verb.name), std::string::npos) << verb.name;
    EXPECT_NE(script.find("-o name --no-autostart"), std::string::npos);
    EXPECT_NE(script.find("detach-keys"), std::string::npos);
    for (std::size_t at = script.find("ptyctl list"); at != std::string::npos; at = script.find("ptyctl list", at + 1))
      EXPECT_EQ(script.compare(at, 38, "ptyctl list -a -o name --no-autostart "), 0);
  }
}

}  // namespace
}  // namespace ptyd
