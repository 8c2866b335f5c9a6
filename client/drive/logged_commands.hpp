// The commands that a session's shell told of.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "client/format/command_reply.hpp"
#include "client/ptyd/client.hpp"
#include "common/error.hpp"

namespace ptyd {

// All that are known, or the last `tail`; over as many replies as it takes. Errors: unimplemented, the daemon's.
boost::asio::awaitable<Result<CommandList>> list_commands(std::shared_ptr<Client> client, std::string session,
                                                          std::optional<std::uint32_t> tail,
                                                          std::chrono::milliseconds deadline);
// Errors: not_found, and as above.
boost::asio::awaitable<Result<v1::Command>> find_command(std::shared_ptr<Client> client, std::string session,
                                                         std::uint64_t number, std::chrono::milliseconds deadline);

}  // namespace ptyd
