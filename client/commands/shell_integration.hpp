// Makes a shell tell prompts, commands and folders, without a change to the user's own files.
#pragma once

#include "client/commands/context.hpp"
#include "common/error.hpp"
#include "ptyd/v1/ptyd.pb.h"

namespace ptyd {

// Changes how `request` starts its shell, the user's own when it names no program. Errors: invalid_argument for
// a program that is none of bash, zsh, fish and PowerShell, or has arguments; not_found when the files are not installed.
Result<void> integrate_shell(const CommandContext& context, v1::CreateRequest& request);

}  // namespace ptyd
