#include "daemon/core/terminal_report.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ptyd {
namespace {

struct Case {
  const char* what;
  std::string input;
  bool report;
};

TEST(TerminalReport, TellsWhatNobodyHasDone) {
  const std::vector<Case> cases{
      {"focus came", "\x1b[I", true},
      {"focus went", "\x1b[O", true},
      {"both", "\x1b[O\x1b[I", true},
      {"the mouse was moved, SGR", "\x1b[<35;10;20M", true},
      {"with Control held", "\x1b[<51;10;20M", true},
      {"the mouse was moved, plain", "\x1b[MC*!", true},
      {"the colour scheme", "\x1b[?997;2n", true},
      {"the size", "\x1b[48;24;80;480;800t", true},
      {"a key", "q", false},
      {"Ctrl-C", "\x03", false},
      {"Escape", "\x1b", false},
      {"Up", "\x1b[A", false},
      {"F1 of some terminals", "\x1bOP", false},
      {"Alt and a bracket", "\x1b[", false},
      {"a key behind a report", "\x1b[Iq", false},
      {"a report behind a key", "q\x1b[I", false},
      {"a button goes down, SGR", "\x1b[<0;10;20M", false},
      {"it comes up", "\x1b[<0;10;20m", false},
      {"the wheel", "\x1b[<64;10;20M", false},
      {"dragging", "\x1b[<32;10;20M", false},
      {"a button goes down, plain", "\x1b[M *!", false},
      {"the wheel, plain", "\x1b[M`*!", false},
      {"a cut mouse report", "\x1b[MC*", false},
      {"a number that is none", "\x1b[<x;1;1M", false},
      {"a huge number", "\x1b[<99999999999999999999;1;1M", false},
      {"another CSI n", "\x1b[?1n", false},
      {"a window operation", "\x1b[8;24;80t", false},
      {"a control within", "\x1b[?997\x03;2n", false},
  };
  for (const auto& test : cases) EXPECT_EQ(is_terminal_report(test.input), test.report) << test.what;
}

}  // namespace
}  // namespace ptyd
