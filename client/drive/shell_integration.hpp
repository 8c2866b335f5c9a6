// Makes a shell tell prompts, commands and folders, without a change to the user's own files.
#pragma once

#include <string>

#include "common/error.hpp"
#include "ptyd/v1/ptyd.pb.h"

namespace ptyd {

// Changes how `request` starts its shell, the `usual` one (SHELL of the environment) when it names no program. Errors:
// invalid_argument for a program that is none of bash, zsh, fish and PowerShell, or has arguments; not_found when the
// files are not installed.
Result<void> integrate_shell(v1::CreateRequest& request, const std::string& usual);

}  // namespace ptyd
