// Rebuilding a screen from recent output.
#pragma once

#include <string>
#include <string_view>

#include "daemon/core/mode_scan.hpp"

namespace ptyd {

struct RebuiltScreen {
  std::string bytes;
  std::size_t unfinished = 0;  // bytes at the end of `recent` that are an incomplete sequence and were left out
};

// Bytes for a terminal of any state that show what `recent` would have left on it. They never make the
// terminal answer: queries are filtered out. `recent` begins where a program's output may begin: between two
// characters or sequences; `before` says what the program had set until then.
RebuiltScreen rebuild_screen(std::string_view recent, const TerminalModes& before);

}  // namespace ptyd
