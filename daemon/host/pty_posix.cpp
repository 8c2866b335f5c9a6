#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/ttydefaults.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "daemon/host/pty.hpp"
#include "daemon/host/tty.hpp"

namespace ptyd::host {

namespace {

int set_modes(int tty) {
  termios modes{};
  if (::tcgetattr(tty, &modes) != 0) return errno;
  modes.c_iflag = TTYDEF_IFLAG;
  modes.c_oflag = TTYDEF_OFLAG;
  modes.c_lflag = TTYDEF_LFLAG;
  modes.c_cflag = TTYDEF_CFLAG;
#ifdef IUTF8
  modes.c_iflag |= IUTF8;
#endif
  return ::tcsetattr(tty, TCSANOW, &modes) == 0 ? 0 : errno;
}

}  // namespace

int open_pty(const Resize& size, Pty& pty) {
  pty.pty.reset(::posix_openpt(O_RDWR | O_NOCTTY));
  const int fd = pty.pty.fd();
  if (fd < 0 || ::fcntl(fd, F_SETFD, FD_CLOEXEC) != 0 || ::grantpt(fd) != 0 || ::unlockpt(fd) != 0) return errno;
  if (!reopen_tty(pty)) return errno;
  // grantpt() may leave it open to the group tty, for write(1).
  if (::fchmod(pty.tty.fd(), S_IRUSR | S_IWUSR) != 0 && errno != EPERM) return errno;
  // After the tty was opened once: before, macOS refuses both of these on the pty.
  if (::fcntl(fd, F_SETFL, O_RDWR | O_NONBLOCK) != 0) return errno;
  if (const int error = set_modes(pty.tty.fd()); error != 0) return error;
  return set_window_size(pty.tty.fd(), size);
}

bool reopen_tty(Pty& pty) {
  const char* const path = ::ptsname(pty.pty.fd());
  pty.tty.reset(path != nullptr ? ::open(path, O_RDWR | O_NOCTTY | O_CLOEXEC) : -1);
  return static_cast<bool>(pty.tty);
}

}  // namespace ptyd::host
