#include <windows.h>

#include "common/boot_clock.hpp"

namespace ptyd {

BootClock::time_point BootClock::now() noexcept { return time_point(std::chrono::milliseconds(::GetTickCount64())); }

}  // namespace ptyd
