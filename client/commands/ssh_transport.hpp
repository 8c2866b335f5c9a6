// The daemon of another machine, over ssh(1).
#pragma once

#include <boost/asio/any_io_executor.hpp>
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

// Starts a program whose stdin and stdout are one socket; returns the other end. It ends with its connection and is
// nobody's child by then.
Result<std::intptr_t> start_on_socket(const std::vector<std::string>& arguments);

}  // namespace ptyd
