// Random bytes from the system, fit for names that must not be guessed.
#pragma once

#include <array>
#include <cstdint>

namespace ptyd {

std::array<std::uint8_t, 16> random_bytes16();

}  // namespace ptyd
