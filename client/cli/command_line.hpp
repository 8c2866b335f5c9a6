// argv to options. Reads nothing but its arguments.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <variant>

#include "client/cli/options.hpp"
#include "common/error.hpp"

namespace ptyd {

// The environment; an empty variable counts as unset. As PathInputs::env.
using EnvLookup = std::function<std::optional<std::string>(const char*)>;

struct ParsedCommand {
  GlobalOptions global;
  Command command;
};

// Text for stdout; the exit code is 0.
struct HelpText {
  std::string text;
};

// The exit code is 2. `global` holds what was understood before the mistake, at least the output format.
struct UsageError {
  GlobalOptions global;
  Error error;
};

using CommandLine = std::variant<ParsedCommand, HelpText, UsageError>;

// `argv[0]` is skipped. Reads from `env`: PTYD_AUTOSTART, PTYD_DETACH_KEYS, PTYD_SESSION_ID and PTYD_SESSION.
CommandLine parse_command_line(int argc, const char* const* argv, const EnvLookup& env);

// What `ptyctl help` and `ptyctl --help` print.
std::string overview_help();

// What `ptyctl completions SHELL` prints.
std::string completion_script(CompletionsOptions::Shell shell);

// True for commands that pass on a program's exit status: attach, wait, and new unless it only starts one.
bool passes_on_status(const Command& command);

}  // namespace ptyd
