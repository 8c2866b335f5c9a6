// The two clocks the host reads.
#pragma once

#include <cstdint>

namespace ptyd::host {

std::uint64_t monotonic_ns() noexcept;
std::uint64_t unix_ms() noexcept;

// From now to `end_ns` of monotonic_ns(), rounded up: at most 1,000 s.
std::uint32_t ms_until(std::uint64_t end_ns) noexcept;

}  // namespace ptyd::host
