#include <cstddef>
#include <new>

#include "daemon/host/host.hpp"

int main() {
  // Not initialised as a whole: the buffers in it take no memory before they are used.
  alignas(ptyd::host::Host) static std::byte memory[sizeof(ptyd::host::Host)];
  return (new (memory) ptyd::host::Host)->run();
}
