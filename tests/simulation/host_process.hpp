// The host's program, as host_posix.cpp and what is below it have it, in the simulated system. Knows nothing of the
// daemon's types: two programs have nothing in common but wire.hpp.
#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace ptyd::simulation {

inline constexpr std::uint64_t kRing = 64 * 1024;
inline constexpr std::uint32_t kProgram = 77;  // its process id
inline constexpr std::array<std::uint8_t, 16> kSessionId{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
inline constexpr const char* kHostPath = "/run/host";

// Runs in a Fiber until it ends or dies. The descriptors of wire.hpp are in place.
void run_host();
// Before that: nothing is left of the one before.
void begin_host();
// Whether it could go on: a descriptor that it waits for is ready, or its time has come.
bool host_has_work();
// When its time comes, of the monotonic clock; 0: never.
std::uint64_t host_deadline_ns();

}  // namespace ptyd::simulation
