// The daemon of another machine, over ssh(1).
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "client/ptyd/client.hpp"
#include "common/error.hpp"

namespace ptyd {

// The command that connects to `host`, "ssh://[user@]host[:port]": ssh that runs `ptyctl stdio` there.
// `batch`: without asking for a password. Errors: invalid_argument.
Result<std::vector<std::string>> ssh_command(const std::string& host, bool batch, bool autostart);

// The first connection may ask the user for a password; those after it may not, as the terminal is in use then.
ClientFactory ssh_client_factory(boost::asio::any_io_executor executor, std::string host, ClientOptions options);

struct StartedProgram {
  std::intptr_t socket = -1;    // owned by the caller
  std::shared_ptr<void> relay;  // carries the bytes where a program can't have the socket itself; goes after the socket
};

// Starts a program whose stdin and stdout are one socket; returns the other end. It ends with its connection and is
// nobody's child by then.
Result<StartedProgram> start_on_socket(const std::vector<std::string>& arguments);

}  // namespace ptyd
