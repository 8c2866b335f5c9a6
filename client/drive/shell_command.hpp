// A command in a session's shell, whose output is asked for when it has ended.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/format/shell_text.hpp"
#include "client/ptyd/client.hpp"
#include "common/error.hpp"

namespace ptyd {

struct ShellCommand {
  std::string session;               // name, id or unique id prefix
  std::vector<std::string> command;  // one word: a line for the shell
  std::optional<ShellSyntax> shell;  // absent: as the session's program is called
  std::string lease;                 // to type under; empty: one of its own, for as long as it runs
};

// Types it at the prompt and waits for its end. A lease of its own belongs to the connection, and is given back, unless
// this is cancelled: then drop the connection. Errors: those of find_prompt() and hold_input(); deadline_exceeded, and
// the command goes on; session_ended, also when it ends with the command.
boost::asio::awaitable<Result<v1::Command>> run_in_shell(std::shared_ptr<Client> client, ShellCommand command,
                                                         std::chrono::steady_clock::time_point deadline);

}  // namespace ptyd
