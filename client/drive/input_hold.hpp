// Nobody else types while a command is typed and runs.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>

#include "client/ptyd/client.hpp"
#include "common/error.hpp"

namespace ptyd {

struct InputHold {
  std::string token;     // to type under; empty: the daemon knows no leases
  bool claimed = false;  // by us, for as long as the connection is there
};

// Under the lease `named`, which stays its owner's; without one, claims the input. Errors: busy; unimplemented, when a
// lease is named that the daemon would pass over.
boost::asio::awaitable<Result<InputHold>> hold_input(std::shared_ptr<Client> client, std::string session,
                                                     std::string named);
// Gives back what was claimed, unless it is over. Returns when others may type.
boost::asio::awaitable<void> let_go_of_input(std::shared_ptr<Client> client, std::string session, InputHold hold);

}  // namespace ptyd
