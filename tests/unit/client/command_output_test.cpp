#include "client/format/command_output.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace ptyd {
namespace {

using State = CommandOutput::State;

TEST(CommandOutput, IsWhatStandsBetweenTheMarks) {
  struct Case {
    const char* name;
    std::string input;
    std::string output;
    State state;
    std::optional<std::int32_t> code;
  };
  const std::vector<Case> cases{
      {"no mark", "$ ls\r\nfile\r\n", "", State::before, {}},
      {"it runs", "$ ls\r\n\x1b]133;C\afile\r\n", "file\r\n", State::running, {}},
      {"it has ended", "$ ls\r\n\x1b]133;C\afile\r\n\x1b]133;D;0\a$ ", "file\r\n", State::ended, 0},
      {"with ST", "\x1b]133;C;cmdline_url=ls\x1b\\file\x1b]133;D;-7;aid=3\x1b\\$ ", "file", State::ended, -7},
      {"it prints nothing", "\x1b]133;C\a\x1b]133;D;3\a", "", State::ended, 3},
      {"no status", "\x1b]133;C\ax\x1b]133;D\a", "x", State::ended, {}},
      {"a status that is none", "\x1b]133;C\ax\x1b]133;D;x1\a", "x", State::ended, {}},
      {"a prompt is its end", "\x1b]133;C\ax\x1b]133;A\a$ ", "x", State::ended, {}},
      {"an end before it", "\x1b]133;D;1\a\x1b]133;C\ax\x1b]133;D;2\a", "x", State::ended, 2},
      {"prompts before it", "\x1b]133;A\a$ \x1b]133;B\als\x1b]133;C\ax", "x", State::running, {}},
      {"other sequences", "\x1b]133;C\a\x1b[1mb\x1b[m\x1b]0;t\a\x1b]1337;x\a\x1b\x1b]13\x1b]133;D;0\a",
       "\x1b[1mb\x1b[m\x1b]0;t\a\x1b]1337;x\a\x1b\x1b]13", State::ended, 0},
      {"other marks", "\x1b]133;C\aa\x1b]133;B\ab\x1b]133;C\ac", "a\x1b]133;B\ab\x1b]133;C\ac", State::running, {}},
      {"a mark that is broken off", "\x1b]133;C\aa\x1b]133;D\x1b[1mb\x1b]133;D;4\a", "a\x1b]133;D\x1b[1mb",
       State::ended, 4},
  };
  for (const auto& [name, input, output, state, code] : cases) {
    SCOPED_TRACE(name);
    CommandOutput whole;
    EXPECT_EQ(whole.feed(input), output);
    EXPECT_EQ(whole.state(), state);
    EXPECT_EQ(whole.exit_code(), code);
    CommandOutput bytewise;
    std::string all;
    for (const char c : input) all += bytewise.feed({&c, 1});
    EXPECT_EQ(all, output);
    EXPECT_EQ(bytewise.state(), state);
    EXPECT_EQ(bytewise.exit_code(), code);
  }
}

TEST(CommandOutput, PassesByWhatOthersTyped) {
  CommandOutput output("echo  'a b'");
  EXPECT_EQ(output.feed("\x1b]133;C;cmdline_url=ls%3B\athem"), "");
  EXPECT_FALSE(output.passed_by());
  EXPECT_EQ(output.feed("\x1b]133;D;1\a\x1b]133;A\a$ \x1b]133;B\a"), "");
  EXPECT_TRUE(output.passed_by());
  EXPECT_EQ(output.feed("\x1b]133;C;aid=1;cmdline_url=echo%20'a%20b';x=y\aus\x1b]133;D;0\a"), "us");
  EXPECT_FALSE(output.passed_by());
  EXPECT_EQ(output.exit_code(), 0);
  // A shell that does not tell the line is believed.
  CommandOutput untold("ls");
  EXPECT_EQ(untold.feed("\x1b]133;C\aus"), "us");
  const std::string many(5000, 'x');
  CommandOutput cut(many);
  EXPECT_EQ(cut.feed("\x1b]133;C;cmdline_url=" + many.substr(0, 4096) + "\aus"), "us");
}

TEST(CommandOutput, TellsWhereItsOutputIs) {
  const std::string input = "$ ls\r\n\x1b]133;C\aone\x1b[1mtwo\x1b]133;D;0\a$ ";
  for (std::size_t cut = 0; cut <= input.size(); ++cut) {
    CommandOutput output;
    for (const auto& piece : {input.substr(0, cut), input.substr(cut)}) {
      const auto text = output.feed(piece);
      EXPECT_EQ(input.substr(output.position() - text.size(), text.size()), text) << cut;
    }
  }
}

TEST(CommandOutput, HoldsBackNoMoreThanAMark) {
  CommandOutput output;
  EXPECT_EQ(output.feed("\x1b]133;C\a"), "");
  const std::string endless = "\x1b]133;D;" + std::string(100'000, 'x');
  EXPECT_EQ(output.feed(endless), endless);
  EXPECT_EQ(output.state(), State::running);
}

}  // namespace
}  // namespace ptyd
