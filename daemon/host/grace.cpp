#include "daemon/host/grace.hpp"

#include <cstdlib>

#include "daemon/host/wire.hpp"

namespace ptyd::host {

std::uint64_t abandoned_grace_ms() noexcept {
#ifdef PTYD_TEST_HOOKS
  if (const char* const text = std::getenv("PTYD_TEST_ABANDONED_MS")) return std::strtoull(text, nullptr, 10);
#endif
  return kAbandonedGraceMs;
}

}  // namespace ptyd::host
