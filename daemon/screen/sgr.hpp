// SGR, Select Graphic Rendition (ECMA-48 8.3.117, xterm ctlseqs).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "daemon/screen/parser.hpp"
#include "daemon/screen/style.hpp"

namespace ptyd::screen {

// Changes `style` as CSI parameters m says. What is not known is passed over.
void apply_sgr(const Parameters& parameters, Style& style) noexcept;
// Reads the parameters of an SGR sequence, which `text` is behind its ESC [. Returns how long it is, with its 'm'; 0: it is
// another one, or not whole. The same as the parser makes of it.
std::size_t read_sgr(std::string_view text, Parameters& parameters) noexcept;
// Appends parameters that make `style` from any other, such as "0;1;38:2::255:0:0".
void append_sgr(std::string& out, const Style& style);

}  // namespace ptyd::screen
