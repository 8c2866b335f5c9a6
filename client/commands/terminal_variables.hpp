// Where this terminal is, for the shells of the session that it attaches to.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "client/commands/context.hpp"

namespace ptyd {

// Those of the variables that EnvironmentReply tells which are set here.
std::vector<std::pair<std::string, std::string>> terminal_variables(const CommandContext& context);

}  // namespace ptyd
