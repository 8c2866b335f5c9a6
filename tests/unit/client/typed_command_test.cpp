#include "client/format/typed_command.hpp"

#include <gtest/gtest.h>

namespace ptyd {
namespace {

TEST(TypedCommand, KnowsShellsByTheirNames) {
  EXPECT_EQ(shell_syntax_of("/usr/bin/fish"), ShellSyntax::fish);
  EXPECT_EQ(shell_syntax_of("-fish"), ShellSyntax::fish);
  EXPECT_EQ(shell_syntax_of("C:\\Tools\\pwsh.exe"), ShellSyntax::powershell);
  EXPECT_EQ(shell_syntax_of("powershell"), ShellSyntax::powershell);
  for (const char* name : {"", "bash", "-zsh", "/bin/sh", "python3"}) EXPECT_EQ(shell_syntax_of(name), ShellSyntax::sh);
}

TEST(TypedCommand, IsOneLineThatIsWhole) {
  struct Case {
    std::vector<std::string> words;
    ShellSyntax syntax;
    std::string typed;
  };
  const auto sh = ShellSyntax::sh;
  const auto fish = ShellSyntax::fish;
  const std::vector<Case> cases{
      {{"make test"}, sh, "make test"},
      {{"make", "test"}, sh, "make test"},
      {{"echo", "a b", "", "it's"}, sh, "echo 'a b' '' 'it'\\''s'"},
      {{"echo", "it's", "a\\b"}, fish, "echo 'it\\'s' 'a\\\\b'"},
      {{"if", "x"}, sh, "'if' x"},
      {{"cd /src && make"}, sh, "eval 'cd /src && make'"},
      {{"echo \""}, sh, "eval 'echo \"'"},
      {{"for"}, sh, "eval for"},
      {{"if true; then\n echo 'a!'\nfi"}, sh, "eval $'if true; then\\012 echo \\047a\\041\\047\\012fi'"},
      {{"a\\b\tc"}, sh, "eval $'a\\\\b\\011c'"},
      {{"echo 'a'\necho b"}, fish, "eval 'echo \\'a\\''\\012'echo b'"},
      {{"Get-Item x; ls"}, ShellSyntax::powershell, "Get-Item x; ls"},
      {{"ls", "a'b"}, ShellSyntax::powershell, "& ls 'a''b'"},
  };
  for (const auto& one : cases) {
    const auto typed = typed_command(one.words, one.syntax);
    ASSERT_TRUE(typed) << one.typed;
    EXPECT_EQ(*typed, one.typed);
  }
}

TEST(TypedCommand, RefusesWhatCanNotBeTyped) {
  EXPECT_FALSE(typed_command({}, ShellSyntax::sh));
  EXPECT_FALSE(typed_command({" \n"}, ShellSyntax::sh));
  EXPECT_FALSE(typed_command({std::string("a\0b", 3)}, ShellSyntax::sh));
  EXPECT_FALSE(typed_command({std::string(kMaxTypedCommand + 1, 'x')}, ShellSyntax::sh));
  EXPECT_FALSE(typed_command({"a\nb"}, ShellSyntax::powershell));
}

}  // namespace
}  // namespace ptyd
