// Waiting for what happens in sessions, as the wait options say.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>

#include "client/commands/context.hpp"

namespace ptyd {

// An error when the daemon is too old to know the features that `request` needs.
Result<void> check_features(const Client& client, const v1::WaitRequest& request);

v1::WaitRequest wait_request(const WaitSpec& spec);

// Waits; over the loss of a daemon if nothing is typed by it. Errors: the daemon's.
boost::asio::awaitable<Result<v1::WaitReply>> wait_for(CommandContext* context, std::shared_ptr<Client> client,
                                                       v1::WaitRequest request);

// Prints what --json wants and gives the exit code.
int report_wait(const CommandContext& context, const v1::WaitReply& reply);

}  // namespace ptyd
