// Commands as they are typed at a shell's prompt.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "client/format/shell_text.hpp"
#include "common/error.hpp"

namespace ptyd {

inline constexpr std::size_t kMaxTypedCommand = 32 * 1024;

// Of a program's name, as sessions tell it: "-bash", "/usr/bin/fish", "pwsh.exe".
ShellSyntax shell_syntax_of(std::string_view program);

// One line without control characters that the shell takes as one whole command, however it ends: several words are a
// program and its arguments, one word is a line for the shell, which may have newlines and may be wrong.
// Errors: invalid_argument.
Result<std::string> typed_command(const std::vector<std::string>& words, ShellSyntax syntax);

// Whether a line that a shell told is `typed`: blanks don't count, and what is long was cut.
bool is_line_typed(std::string_view told, std::string_view typed);

}  // namespace ptyd
