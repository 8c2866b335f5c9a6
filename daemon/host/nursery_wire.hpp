// How the daemon asks a ptyd-host that waits for hosts. On Linux only. Why it is so:
// docs/decisions/0022-hosts-are-forked-from-one-that-waits.md
#pragma once

#include <cstddef>

namespace ptyd::host {

// The argument that makes a ptyd-host wait. It finds a socket that keeps messages apart at kSpecFd.
inline constexpr char kNurseryArgument[] = "--nursery";
// What it says first: it is there, and this is how it is asked. Others are not asked.
inline constexpr unsigned char kNurseryReady = 1;
// A request: for each descriptor that comes with it one byte, the number it is to have in the new host. kResultFd is
// among them, and is where all answers go.
inline constexpr std::size_t kMaxPlaced = 8;

}  // namespace ptyd::host
