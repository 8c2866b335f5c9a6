// An invariant check that stays on in release builds. For programmer errors only: nothing that a peer, a
// program or the system can cause may reach it.
#pragma once

namespace ptyd {

// Prints the failed condition with its place to stderr and aborts.
[[noreturn]] void check_failed(const char* condition, const char* file, int line) noexcept;

}  // namespace ptyd

#define PTYD_CHECK(condition) \
  ((condition) ? static_cast<void>(0) : ::ptyd::check_failed(#condition, __FILE__, __LINE__))
