// A variable of this process, UTF-8 on every system.
#pragma once

#include <optional>
#include <string>

namespace ptyd {

// An empty one counts as unset.
std::optional<std::string> environment_variable(const char* name);

}  // namespace ptyd
