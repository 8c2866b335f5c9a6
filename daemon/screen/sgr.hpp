// SGR, Select Graphic Rendition (ECMA-48 8.3.117, xterm ctlseqs).
#pragma once

#include <string>

#include "daemon/screen/parser.hpp"
#include "daemon/screen/style.hpp"

namespace ptyd::screen {

// Changes `style` as CSI parameters m says. What is not known is passed over.
void apply_sgr(const Parameters& parameters, Style& style) noexcept;
// Appends parameters that make `style` from any other, such as "0;1;38:2::255:0:0".
void append_sgr(std::string& out, const Style& style);

}  // namespace ptyd::screen
