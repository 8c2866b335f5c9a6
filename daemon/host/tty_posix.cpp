#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>

#include "daemon/host/tty.hpp"

namespace ptyd::host {

namespace {

bool ready(int fd, short events) {
  pollfd one{fd, events, 0};
  return ::poll(&one, 1, 0) == 1 && (one.revents & events) != 0;
}

// Output is stopped (by ^S) when the program could not write although we have nothing to read. In this order: a
// program that fills the buffer after the first question is seen by the second.
bool is_paused(int pty, int tty) {
#ifdef __linux__
  return !ready(tty, POLLOUT) && !ready(pty, POLLIN);
#else
  int queued = 0;
  return ::ioctl(tty, TIOCOUTQ, &queued) == 0 && queued > 0 && !ready(pty, POLLIN);
#endif
}

}  // namespace

int set_window_size(int fd, const Resize& size) {
  winsize window{};
  window.ws_col = size.cols;
  window.ws_row = size.rows;
  window.ws_xpixel = size.x_pixels;
  window.ws_ypixel = size.y_pixels;
  return ::ioctl(fd, TIOCSWINSZ, &window) == 0 ? 0 : errno;
}

bool in_line_mode(int pty) {
  termios modes{};
  return ::tcgetattr(pty, &modes) == 0 && (modes.c_lflag & ICANON) != 0;
}

std::size_t line_limit() noexcept {
#ifdef __linux__
  return 4095;
#else
  return 1023;  // MAX_CANON, without the line's end
#endif
}

StatusReply tty_status(int pty, int tty) {
  StatusReply reply{};
  termios modes{};
  if (pty < 0 || ::tcgetattr(pty, &modes) != 0) return reply;
  reply.canonical = (modes.c_lflag & ICANON) != 0 ? 1 : 0;
  reply.echo = (modes.c_lflag & ECHO) != 0 ? 1 : 0;
  reply.paused = tty >= 0 && is_paused(pty, tty) ? 1 : 0;
  reply.foreground_pgid = static_cast<std::uint32_t>(foreground_group(pty));
  return reply;
}

bool signal_foreground(int pty, int number) {
#ifdef TIOCSIG
  const bool from_keyboard = number == SIGINT || number == SIGQUIT || number == SIGTSTP;
#ifdef __linux__
  return from_keyboard && ::ioctl(pty, TIOCSIG, number) == 0;
#else
  return from_keyboard && ::ioctl(pty, TIOCSIG, &number) == 0;
#endif
#else
  static_cast<void>(pty);
  static_cast<void>(number);
  return false;
#endif
}

int foreground_group(int pty) {
  const pid_t group = ::tcgetpgrp(pty);
  return group > 0 ? group : 0;
}

}  // namespace ptyd::host
