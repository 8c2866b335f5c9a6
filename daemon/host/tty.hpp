// Questions to and requests of a pty that is in use. All take the pty (our end) unless they say otherwise.
#pragma once

#include <cstddef>
#include <cstdint>

#include "daemon/host/wire.hpp"

namespace ptyd::host {

// 0, or an errno. Takes either end.
int set_window_size(int fd, const Resize& size);

// True when the tty is in line mode: what exceeds line_limit() bytes of one line is lost in the kernel.
bool in_line_mode(int pty);
std::size_t line_limit() noexcept;

// `tty` may be -1; then `paused` can't be known and is 0.
StatusReply tty_status(int pty, int tty);

// Sends a signal that the keyboard can send (interrupt, quit, suspend) to the foreground process group, in one step.
// False when it has to be done by process group.
bool signal_foreground(int pty, int number);
// 0 when there is none.
int foreground_group(int pty);

}  // namespace ptyd::host
