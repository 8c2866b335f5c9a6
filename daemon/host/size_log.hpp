// The sizes that the window had, in the ring's header.
#pragma once

#include "daemon/host/wire.hpp"

namespace ptyd::host {

bool is_window_size(const Resize& size) noexcept;
// The size that the program starts with.
void begin_sizes(RingHeader& header, const Resize& size) noexcept;
// From output byte `head` on it is this one.
void note_resize(RingHeader& header, const Resize& size, std::uint64_t head) noexcept;

}  // namespace ptyd::host
