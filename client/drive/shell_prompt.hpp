// Whether a session's shell waits for a command.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <memory>
#include <string>

#include "client/ptyd/client.hpp"
#include "common/error.hpp"

namespace ptyd {

// What the screen showed when the shell was at its prompt.
struct ShellPrompt {
  std::string hash;
  std::uint64_t offset = 0;
};

// Waits until the shell is at its prompt, when it is about to be. Errors: busy, when it runs a command;
// failed_precondition, when it tells nothing (OSC 133); session_ended; deadline_exceeded; the daemon's.
boost::asio::awaitable<Result<ShellPrompt>> find_prompt(std::shared_ptr<Client> client, v1::SessionInfo session,
                                                        std::chrono::steady_clock::time_point deadline);

}  // namespace ptyd
