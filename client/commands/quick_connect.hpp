// Connecting without waiting long and without starting anything.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <memory>

#include "client/commands/context.hpp"

namespace ptyd {

// For verbs that must answer within two seconds.
inline constexpr std::chrono::milliseconds kQuickDeadline{900};

boost::asio::awaitable<Result<std::shared_ptr<Client>>> quick_connect(CommandContext* context);

}  // namespace ptyd
