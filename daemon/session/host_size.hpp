// Sizes of windows as hosts know them.
#pragma once

#include "daemon/core/size_policy.hpp"
#include "daemon/host/wire.hpp"

namespace ptyd {

inline WindowSize from_host(const host::Resize& size) { return {size.cols, size.rows, size.x_pixels, size.y_pixels}; }
inline host::Resize to_host(const WindowSize& size) { return {size.cols, size.rows, size.x_pixels, size.y_pixels}; }

}  // namespace ptyd
