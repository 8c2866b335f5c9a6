#include <sys/random.h>  // getentropy() is in this one or in the next
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "common/random.hpp"

namespace ptyd {

// Not std::random_device: libstdc++ may ask the processor's generator for each number, which took 30 ms of an upgrade
// with a hundred sessions on a virtual machine.
std::array<std::uint8_t, 16> random_bytes16() {
  std::array<std::uint8_t, 16> bytes{};
  if (::getentropy(bytes.data(), bytes.size()) != 0)
    throw std::system_error(errno, std::generic_category(), "read the system's random numbers");
  return bytes;
}

}  // namespace ptyd
