// What a terminal would type for keys and pastes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/error.hpp"
#include "daemon/core/mode_scan.hpp"

namespace ptyd {

// The bytes for keys by tmux's names: "C-c", "^C", "M-x", "S-F5", "Enter", "Up", "PPage". A single character
// is itself. `modes` are those that the program has set. Errors: invalid_argument that names the key.
Result<std::string> encode_keys(const std::vector<std::string>& names, const TerminalModes& modes);

// The bytes for pasting `text`: line ends as the Enter key; in brackets when the program asked for them,
// and then without the bytes that would end the brackets early.
std::string encode_paste(std::string_view text, const TerminalModes& modes);

}  // namespace ptyd
