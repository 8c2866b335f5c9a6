// Asks another program whether it can take the daemon's state over.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "common/error.hpp"
#include "common/unique_handle.hpp"

namespace ptyd {

// Runs `program` with `arguments` and --check-state, and the open file `state`. It is killed, with what it started,
// when it does not end within `limit`. Nothing else in this process waits for it. Errors: what the program says, as
// check_state() wrote it; spawn_failed: it could not be executed; deadline_exceeded; failed_precondition: it ended
// badly and said something else.
boost::asio::awaitable<Result<void>> check_program(boost::asio::any_io_executor executor, std::string program,
                                                   std::vector<std::string> arguments, UniqueHandle::Native state,
                                                   std::chrono::milliseconds limit);

// What such a program writes to its standard output when it can't, and the way back. Nothing: it is something else.
std::string refusal_text(const Error& error);
std::optional<Error> parse_refusal(const std::string& text);

}  // namespace ptyd
