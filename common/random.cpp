#include "common/random.hpp"

#include <random>

namespace ptyd {

std::array<std::uint8_t, 16> random_bytes16() {
  // std::random_device reads the system's generator in libstdc++, libc++ and MSVC's library. Made once: each time
  // libstdc++ asks the processor what it can do, which takes longer than all else here on a virtual machine.
  thread_local std::random_device device;
  std::array<std::uint8_t, 16> bytes{};
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(device());
  return bytes;
}

}  // namespace ptyd
