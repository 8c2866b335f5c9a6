// Percent-encoded text, RFC 3986 section 2.1.
#pragma once

#include <string>
#include <string_view>

namespace ptyd {

// The bytes that `text` stands for. A `%` without two hexadecimal digits behind it stands for itself.
std::string decode_percent(std::string_view text);

}  // namespace ptyd
