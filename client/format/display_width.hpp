// How many terminal columns a text takes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ptyd {

// For printable UTF-8: 0 for combining marks, 2 for wide characters, 1 for all others and for a byte that is no UTF-8.
std::size_t display_width(std::string_view text) noexcept;

// `text`, or its beginning with an ellipsis when it takes more than `columns`.
std::string cut_to_width(std::string_view text, std::size_t columns);

}  // namespace ptyd
