// Names, labels and ids of sessions.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "common/error.hpp"

namespace ptyd {

// A name is 1 to 64 of A-Z a-z 0-9 . _ - and does not begin with '-', so that it is one word in every shell
// and never an option; 32 hexadecimal digits are an id, not a name. Errors: invalid_argument.
Result<void> validate_session_name(std::string_view name);

// A key is 1 to 64 of A-Z a-z 0-9 . _ / -; a value is UTF-8 of at most 256 bytes. Errors: invalid_argument.
Result<void> validate_label(std::string_view key, std::string_view value);

// A valid name for a session that runs `program` (a path or argv[0]) which `taken` says no to:
// "bash", else "bash-2", "bash-3", ...
std::string choose_name(std::string_view program, const std::function<bool(std::string_view)>& taken);

// 32 lower-case hexadecimal digits.
std::string id_to_hex(const std::array<std::uint8_t, 16>& id);

}  // namespace ptyd
