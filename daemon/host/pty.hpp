// A new pty and its tty.
#pragma once

#include "daemon/host/descriptor.hpp"
#include "daemon/host/wire.hpp"

namespace ptyd::host {

struct Pty {
  Descriptor pty;  // our end, non-blocking
  Descriptor tty;  // the program's end. We keep it open until the program is gone and its output is read:
                   // elsewhere than on Linux the last close throws unread output away, and on Linux it
                   // looks like the end whenever the program closes and reopens its terminal
};

// Opens one in the state of a fresh login terminal, of the given size. 0, or an errno.
int open_pty(const Resize& size, Pty& pty);
// After somebody hung the tty up under everybody who had it open. False when that is not possible.
bool reopen_tty(Pty& pty);

}  // namespace ptyd::host
