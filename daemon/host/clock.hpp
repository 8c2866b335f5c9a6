// The two clocks the host reads.
#pragma once

#include <cstdint>

namespace ptyd::host {

std::uint64_t monotonic_ns() noexcept;
std::uint64_t unix_ms() noexcept;

}  // namespace ptyd::host
