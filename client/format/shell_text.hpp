// Commands for shells.
#pragma once

#include <string>
#include <string_view>

#include "ptyd/v1/ptyd.pb.h"

namespace ptyd {

enum class ShellSyntax { sh, fish, powershell };

// One word that means exactly `text`, whatever is in it but NUL.
std::string shell_quoted(std::string_view text, ShellSyntax syntax);

// Sets and unsets variables, one command a line. Variables whose names no shell takes are left out.
std::string environment_text(const v1::EnvironmentReply& reply, ShellSyntax syntax);

}  // namespace ptyd
