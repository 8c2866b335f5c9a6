// Text at the border to Windows: UTF-8 with us, UTF-16 there. Windows only.
#pragma once

#include <string>
#include <string_view>

#include "common/error.hpp"

namespace ptyd {

// For names and paths that are given to the system. Errors: invalid_argument for what is not UTF-8 or holds a NUL,
// where the system would see a shorter name.
Result<std::wstring> to_wide(std::string_view utf8);

// A surrogate that stands alone, which names on disk may have, becomes U+FFFD.
std::string to_utf8(std::wstring_view wide);

}  // namespace ptyd
