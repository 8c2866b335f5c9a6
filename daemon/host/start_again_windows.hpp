// Starting a process once more when it ended before its first instruction. Windows only.
#pragma once

#include <windows.h>

namespace ptyd::host {

// What CreateProcessW() tells of a process whose loader failed. Wine's does now and then on a busy machine. Nothing of
// the program has run.
inline bool ended_before_it_began(DWORD error) noexcept {
  return error == ERROR_INTERNAL_ERROR || error == ERROR_INVALID_FUNCTION;
}

// `start` returns 0, or Windows' error.
template <class Start>
DWORD start_again(Start start) {
  const DWORD error = start();
  return ended_before_it_began(error) ? start() : error;
}

}  // namespace ptyd::host
