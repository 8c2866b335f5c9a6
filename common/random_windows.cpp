#include <windows.h>

#include <bcrypt.h>

#include <stdexcept>

#include "common/random.hpp"

namespace ptyd {

std::array<std::uint8_t, 16> random_bytes16() {
  std::array<std::uint8_t, 16> bytes{};
  if (::BCryptGenRandom(nullptr, bytes.data(), static_cast<ULONG>(bytes.size()), BCRYPT_USE_SYSTEM_PREFERRED_RNG) < 0)
    throw std::runtime_error("the system gives no random numbers");
  return bytes;
}

}  // namespace ptyd
