// Random bytes from the system, fit for names that must not be guessed: getentropy(3), BCryptGenRandom.
#pragma once

#include <array>
#include <cstdint>

namespace ptyd {

// Throws when the system has none, which it has from its start on.
std::array<std::uint8_t, 16> random_bytes16();

}  // namespace ptyd
