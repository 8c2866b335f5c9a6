// A connected socket to the daemon, which is started when there is none and the caller wants it.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <string>
#include <vector>

#include "client/ptyd/client.hpp"
#include "common/error.hpp"
#include "common/runtime_paths.hpp"
#include "common/unique_handle.hpp"

namespace ptyd {

// Where `options` lead to.
Result<RuntimePaths> daemon_paths(const ClientOptions& options);

// Connects; tries again while the daemon's queue is full. Nothing was sent on the socket yet.
// Errors: as Client::connect().
boost::asio::awaitable<Result<UniqueHandle>> open_daemon_socket(boost::asio::any_io_executor executor,
                                                                ClientOptions options);

// Starts `program` for `paths` in the background and waits until clients can connect. The caller holds the start lock.
// Errors: spawn_failed, unavailable (it ended at once: the log says why), deadline_exceeded.
boost::asio::awaitable<Result<void>> start_daemon(boost::asio::any_io_executor executor, RuntimePaths paths,
                                                  std::string program, std::chrono::steady_clock::time_point deadline);

// The ptyd to start: beside the running program, else the first one in PATH. Errors: not_found.
Result<std::string> find_daemon_program();

// The variables of the environment that a daemon is not to have: those of a session and of a service manager.
bool is_session_variable(std::string_view name) noexcept;

}  // namespace ptyd
