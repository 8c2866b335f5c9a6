#include <unistd.h>

#include "daemon/host/spawn_result.hpp"

namespace ptyd::host {

SpawnResult spawn_result(SpawnStep step, int error) noexcept {
  return {static_cast<std::uint32_t>(step), static_cast<std::uint32_t>(error), static_cast<std::uint32_t>(::getpid()),
          0};
}

}  // namespace ptyd::host
