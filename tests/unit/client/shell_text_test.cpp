#include "client/format/shell_text.hpp"

#include <gtest/gtest.h>

namespace ptyd {
namespace {

TEST(ShellText, QuotesForEachShell) {
  const std::string text = "a'b\\c $(d) \xE2\x80\x99\n";
  EXPECT_EQ(shell_quoted(text, ShellSyntax::sh), "'a'\\''b\\c $(d) \xE2\x80\x99\n'");
  EXPECT_EQ(shell_quoted(text, ShellSyntax::fish), "'a\\'b\\\\c $(d) \xE2\x80\x99\n'");
  EXPECT_EQ(shell_quoted(text, ShellSyntax::powershell), "'a''b\\c $(d) \xE2\x80\x99\xE2\x80\x99\n'");
  EXPECT_EQ(shell_quoted("", ShellSyntax::sh), "''");
}

TEST(ShellText, SetsAndUnsetsAndLeavesOutWhatIsNoName) {
  v1::EnvironmentReply reply;
  const auto add = [&reply](const std::string& name, const std::string& value) {
    auto* variable = reply.add_env();
    variable->set_name(name);
    variable->set_value(value);
  };
  add("DISPLAY", ":0");
  add("X;rm -rf /", "x");
  add("1X", "x");
  add("NUL", std::string("a\0b", 3));
  reply.add_unset("SSH_TTY");
  reply.add_unset("Y; rm");
  EXPECT_EQ(environment_text(reply, ShellSyntax::sh), "export DISPLAY=':0';\nunset SSH_TTY;\n");
  EXPECT_EQ(environment_text(reply, ShellSyntax::fish), "set -gx DISPLAY ':0';\nset -e SSH_TTY;\n");
  EXPECT_EQ(environment_text(reply, ShellSyntax::powershell),
            "$env:DISPLAY = ':0';\nRemove-Item -ErrorAction SilentlyContinue Env:SSH_TTY;\n");
}

}  // namespace
}  // namespace ptyd
