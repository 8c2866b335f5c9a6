// Character sets that replace some of ASCII.
#pragma once

#include "daemon/screen/state.hpp"

namespace ptyd::screen {

// What a byte from 0x20 to 0x7e shows when `charset` is in use. All of them take one column.
char32_t translate(Charset charset, unsigned char byte) noexcept;
// The set that the final byte of SCS names; ASCII for those that are not known.
Charset charset_of(char final) noexcept;

}  // namespace ptyd::screen
