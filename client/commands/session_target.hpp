// The session that a verb is about, and the connection to its daemon.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>

#include "client/cli/options.hpp"
#include "client/commands/context.hpp"
#include "client/ptyd/client.hpp"
#include "common/error.hpp"

namespace ptyd {

struct SessionTarget {
  std::shared_ptr<Client> client;
  std::string session;  // what requests call it
};

// Starts a daemon when none runs. Errors: of the connection, and those of find_one_session().
boost::asio::awaitable<Result<SessionTarget>> open_target(CommandContext* context, SessionRef session);

}  // namespace ptyd
