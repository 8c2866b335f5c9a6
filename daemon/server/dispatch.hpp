// From a request to the handler that answers it.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>

#include "daemon/server/connection.hpp"

namespace ptyd {

// Whether the request makes something that stays, or has a long answer.
bool takes_memory(const v1::Request& request);

// Whether it has an effect that is not there at once: it is held back while another program takes over.
bool begins_something(const v1::Request& request);

// Goes on with what a client began that is gone: there is nobody to answer.
void go_on_alone(DaemonState& state, std::shared_ptr<OpenRequest> open, v1::Request request);

// Answers requests that need no waiting. Nothing: it is one for dispatch_later().
std::optional<v1::Response> dispatch_now(Connection& connection, const v1::Request& request);

// Answers the others. What the request started goes on when the connection closes, but for `wait`.
boost::asio::awaitable<v1::Response> dispatch_later(std::shared_ptr<Connection> connection,
                                                    std::shared_ptr<OpenRequest> open, v1::Request request);

}  // namespace ptyd
