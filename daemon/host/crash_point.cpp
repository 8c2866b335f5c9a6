#include "daemon/host/crash_point.hpp"

#ifdef PTYD_TEST_HOOKS

#include <cstdlib>
#include <cstring>

namespace ptyd::host {

void crash_point(const char* name) noexcept {
  static const char* const spec = std::getenv("PTYD_CRASH_AT");
  static long passes = 0;
  if (spec == nullptr) return;
  const std::size_t length = std::strlen(name);
  if (std::strncmp(spec, name, length) != 0 || spec[length] != ':') return;
  if (++passes == std::strtol(spec + length + 1, nullptr, 10)) die_at_once();
}

}  // namespace ptyd::host

#endif
