// What `new` and `attach` have in common.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>

#include "client/commands/attach_loop.hpp"
#include "client/commands/context.hpp"

namespace ptyd {

// The terminal to attach. Errors: invalid_argument when stdin is none.
Result<std::unique_ptr<OuterTerminal>> open_terminal(const std::string& verb);

// Attaches until the user detaches or the daemon ends it; reports how it ended.
CommandResult attach_terminal(CommandContext* context, std::shared_ptr<Client> client,
                              std::unique_ptr<OuterTerminal> terminal, AttachParameters parameters, AttachView view);

}  // namespace ptyd
