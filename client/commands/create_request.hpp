// The request that starts a session.
#pragma once

#include <optional>

#include "client/cli/options.hpp"
#include "client/commands/context.hpp"
#include "client/terminal/outer_terminal.hpp"

namespace ptyd {

// With a random id, so that it can be sent again. `terminal`: what it will be shown on.
// Errors: invalid_argument, or an environment file can't be read.
Result<v1::CreateRequest> make_create_request(const CommandContext& context, const NewOptions& options,
                                              std::optional<TerminalSize> terminal);

}  // namespace ptyd
