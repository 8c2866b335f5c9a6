// Named places where a test makes the host die: PTYD_CRASH_AT=name:n ends it as SIGKILL does at the n-th pass. Only in
// builds with PTYD_TEST_HOOKS; elsewhere the calls are empty.
#pragma once

namespace ptyd::host {

#ifdef PTYD_TEST_HOOKS
void crash_point(const char* name) noexcept;
// Nothing is flushed or told.
void die_at_once() noexcept;
#else
inline void crash_point(const char*) noexcept {}
#endif

}  // namespace ptyd::host
