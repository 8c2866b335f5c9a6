// Rebuilding a screen from recent output.
#pragma once

#include <string>
#include <string_view>

#include "daemon/core/mode_scan.hpp"

namespace ptyd {

// Bytes for a terminal of any state that show what `recent` would have left on it. They never make the
// terminal answer: queries are filtered out. `whole`: `recent` begins with the session's first byte, else it may
// begin anywhere, even inside a sequence, and `before` says what the program had set until then.
std::string rebuild_screen(std::string_view recent, bool whole, const TerminalModes& before);

}  // namespace ptyd
