// Signals by name, as kill(1) writes them.
#pragma once

#include <cstdint>
#include <string_view>

#include "common/error.hpp"

namespace ptyd {

// "KILL" for 9; empty for a number without a name. The numbers are this system's.
std::string_view signal_name(std::uint32_t number) noexcept;

// "KILL", "SIGKILL", "kill" or "9". Errors: invalid_argument.
Result<std::uint32_t> parse_signal(std::string_view text);

}  // namespace ptyd
