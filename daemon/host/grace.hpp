// How long the host keeps to the floor without a daemon.
#pragma once

#include <cstdint>

namespace ptyd::host {

// kAbandonedGraceMs; with PTYD_TEST_HOOKS, PTYD_TEST_ABANDONED_MS of the environment where it is set.
std::uint64_t abandoned_grace_ms() noexcept;

}  // namespace ptyd::host
