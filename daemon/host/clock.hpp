// The clocks the host reads.
#pragma once

#include <cstdint>

namespace ptyd::host {

std::uint64_t monotonic_ns() noexcept;
std::uint64_t unix_ms() noexcept;
// See SessionTimes; 0: the system does not tell.
std::uint64_t boot_ns() noexcept;

// From now to `end_ns` of monotonic_ns(), rounded up: at most 1,000 s.
std::uint32_t ms_until(std::uint64_t end_ns) noexcept;

}  // namespace ptyd::host
