// Waiting for the end of sessions, across daemons.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>
#include <vector>

#include "client/commands/context.hpp"

namespace ptyd {

// Those that have ended, in the order of `sessions`. Errors: deadline_exceeded by --timeout, or the daemon's.
boost::asio::awaitable<Result<std::vector<v1::SessionInfo>>> wait_for_exit(CommandContext* context,
                                                                           std::shared_ptr<Client> client,
                                                                           std::vector<std::string> sessions, bool any);

// A new connection in place of a lost one: tries for half a minute. Errors: of the last try.
boost::asio::awaitable<Result<std::shared_ptr<Client>>> connect_again(CommandContext* context);

}  // namespace ptyd
