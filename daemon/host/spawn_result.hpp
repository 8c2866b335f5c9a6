// What a start that failed is answered with.
#pragma once

#include "daemon/host/wire.hpp"

namespace ptyd::host {

// `error`: of this system; 0 with SpawnStep::none where it succeeded. The child's process id stays 0.
SpawnResult spawn_result(SpawnStep step, int error) noexcept;

}  // namespace ptyd::host
