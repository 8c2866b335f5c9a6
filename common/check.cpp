#include "common/check.hpp"

#include <cstdio>
#include <cstdlib>

namespace ptyd {

void check_failed(const char* condition, const char* file, int line) noexcept {
  std::fprintf(stderr, "ptyd: internal error: %s (%s:%d)\n", condition, file, line);
  std::abort();
}

}  // namespace ptyd
