// Named places where a test makes the process die at once. Only in builds with PTYD_TEST_HOOKS: elsewhere
// PTYD_CRASH_POINT compiles to nothing.
#pragma once

#ifdef PTYD_TEST_HOOKS

namespace ptyd {

// PTYD_CRASH_AT=name:n in the environment: the n-th pass of the point `name` kills the process as SIGKILL
// does. Without ":n" the first pass. The variable is read once. Safe for threads.
void crash_point(const char* name) noexcept;

// Ends this process as SIGKILL does: nothing is flushed or told.
void die_at_once() noexcept;

}  // namespace ptyd

#define PTYD_CRASH_POINT(name) ::ptyd::crash_point(name)
#else
#define PTYD_CRASH_POINT(name) static_cast<void>(0)
#endif
