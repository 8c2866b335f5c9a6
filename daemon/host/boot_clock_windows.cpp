#include <windows.h>

#include "daemon/host/clock.hpp"

namespace ptyd::host {

std::uint64_t boot_ns() noexcept { return std::uint64_t{::GetTickCount64()} * 1'000'000; }

}  // namespace ptyd::host
