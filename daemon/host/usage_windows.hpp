// What the program and all that ran in its job have used. Windows only.
#pragma once

#include "daemon/host/handle_windows.hpp"
#include "daemon/host/wire.hpp"

namespace ptyd::host {

// Told in `header`, as far as the system says. `process` has ended.
void tell_usage_of(HANDLE process, HANDLE job, RingHeader& header) noexcept;

}  // namespace ptyd::host
