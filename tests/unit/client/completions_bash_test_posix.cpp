// The script for bash, in bash.
#include <gtest/gtest.h>

#include <cstdio>
#include <memory>
#include <string>

#include "client/cli/verb.hpp"

namespace ptyd {
namespace {

using Shell = CompletionsOptions::Shell;

// Runs `script` in bash; what it prints.
std::string run_bash(const std::string& script) {
  std::string quoted = "bash --norc -c '";
  for (const char c : script) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(popen((quoted + "' 2>&1").c_str(), "r"), pclose);
  std::string output;
  char buffer[4096];
  while (const auto size = std::fread(buffer, 1, sizeof buffer, pipe.get())) output.append(buffer, size);
  return output;
}

std::string complete_in_bash(const std::string& words, int at) {
  return run_bash("ptyctl() { echo alpha; echo beta; }\n" + completion_script(Shell::bash) + "COMP_WORDS=(" + words +
                  "); COMP_CWORD=" + std::to_string(at) + "; _ptyctl; echo \"${COMPREPLY[*]}\"");
}

TEST(Completions, BashOffersVerbsOptionsAndSessions) {
  EXPECT_EQ(complete_in_bash("ptyctl att", 1), "attach\n");
  EXPECT_EQ(complete_in_bash("ptyctl attach ''", 2), "alpha beta\n");
  EXPECT_EQ(complete_in_bash("ptyctl a al", 2), "alpha\n");
  EXPECT_EQ(complete_in_bash("ptyctl record st", 2), "start stop\n");
  EXPECT_EQ(complete_in_bash("ptyctl record start al", 3), "alpha\n");
  EXPECT_EQ(complete_in_bash("ptyctl -o json kill b", 4), "beta\n");
  EXPECT_EQ(complete_in_bash("ptyctl attach --loss", 2), "--lossless\n");
  EXPECT_EQ(complete_in_bash("ptyctl new --policy s", 3), "smallest\n");
  EXPECT_EQ(complete_in_bash("ptyctl list --col", 2), "--color\n");
  EXPECT_EQ(complete_in_bash("ptyctl completions f", 2), "fish\n");
  EXPECT_EQ(complete_in_bash("ptyctl help insp", 2), "inspect\n");
  EXPECT_EQ(complete_in_bash("ptyctl capture-pane --format s", 3), "svg\n");
  EXPECT_EQ(complete_in_bash("ptyctl search al", 2), "alpha\n");
  EXPECT_EQ(complete_in_bash("ptyctl new x -- at", 4), "\n");
}

}  // namespace
}  // namespace ptyd
