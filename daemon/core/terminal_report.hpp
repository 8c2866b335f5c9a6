// What a terminal tells a program by itself, though nobody has touched a key or a button.
#pragma once

#include <string_view>

namespace ptyd {

// Whether all of `input` is that: the window gets or loses focus (CSI I, CSI O), the mouse is moved over it with no button
// down, the colour scheme or the size is another one.
bool is_terminal_report(std::string_view input);

}  // namespace ptyd
