// Base64, for OSC 52.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ptyd::screen {

// Padding may be missing. Nothing for text that is not base64. Source: RFC 4648, 4.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace ptyd::screen
