// The lines that output brings to a terminal, and which byte brought them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "daemon/screen/changed_lines.hpp"
#include "daemon/screen/terminal.hpp"

namespace ptyd {

// Of one terminal. Keeps what was fed since the last look, and the terminal from before it.
class NewLines {
 public:
  using Visit = screen::ChangedLines::Visit;
  using Test = std::function<bool(const std::string& line)>;

  // For terminals that are only looked at for text: each look comes after a few KiB, so no line is lost.
  static constexpr screen::ScrollbackLimits kScrollback{16'384, 1024 * 1024};

  // Lines that are there now do not count before they change.
  void skip(const screen::Terminal& terminal);
  // Output is about to be fed, and was. Without the first, place() can't tell anything.
  void before_output(const screen::Terminal& terminal);
  void output(std::string_view bytes);
  // The oldest first. forget() must follow, or another look sees nothing.
  void look(const screen::Terminal& terminal, const Visit& visit) { lines_.look(terminal, visit); }
  // The offset behind the first byte since the last look that made `test` true for a line; `end` when that is not known.
  std::uint64_t place(std::uint64_t end, const Test& test) const;
  void forget();

 private:
  // More than this is not kept: then no place can be told.
  static constexpr std::size_t kMaxOutput = 256 * 1024;

  screen::ChangedLines lines_;
  std::unique_ptr<screen::Terminal> before_;
  std::string output_;
};

}  // namespace ptyd
