#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>

#include "daemon/host/pty.hpp"
#include "daemon/host/tty.hpp"

namespace ptyd::host {

namespace {

constexpr int kFlags = O_RDWR | O_NOCTTY | O_CLOEXEC;

// Through the pty itself: a path may lead into another mount of devpts. By path only where the kernel
// is older than 4.13.
int open_tty(int pty) {
  const int tty = ::ioctl(pty, TIOCGPTPEER, kFlags);
  if (tty >= 0 || (errno != EINVAL && errno != ENOTTY)) return tty;
  unsigned number = 0;
  if (::ioctl(pty, TIOCGPTN, &number) != 0) return -1;
  char path[32] = "/dev/pts/";
  *std::to_chars(path + std::strlen(path), path + sizeof path - 1, number).ptr = 0;
  return ::open(path, kFlags);
}

int make_private(int tty) {
  struct stat about {};
  if (::fstat(tty, &about) != 0) return errno;
  if (about.st_uid != ::geteuid()) return EACCES;
  constexpr mode_t kOthers = S_IRGRP | S_IXGRP | S_IRWXO;
  return (about.st_mode & kOthers) == 0 || ::fchmod(tty, S_IRUSR | S_IWUSR) == 0 ? 0 : errno;
}

int set_modes(int tty) {
  termios modes{};
  if (::tcgetattr(tty, &modes) != 0) return errno;
  // The kernel's own initial modes are those of a login terminal, but for the encoding.
  modes.c_iflag |= IUTF8;
  return ::tcsetattr(tty, TCSANOW, &modes) == 0 ? 0 : errno;
}

}  // namespace

int open_pty(const Resize& size, Pty& pty) {
  pty.pty.reset(::open("/dev/ptmx", kFlags | O_NONBLOCK));
  if (!pty.pty) return errno;
  const int unlock = 0;
  if (::ioctl(pty.pty.fd(), TIOCSPTLCK, &unlock) != 0) return errno;
  pty.tty.reset(open_tty(pty.pty.fd()));
  if (!pty.tty) return errno;
  if (const int error = make_private(pty.tty.fd()); error != 0) return error;
  if (const int error = set_modes(pty.tty.fd()); error != 0) return error;
  return set_window_size(pty.tty.fd(), size);
}

bool reopen_tty(Pty& pty) {
  pty.tty.reset(open_tty(pty.pty.fd()));
  return static_cast<bool>(pty.tty);
}

}  // namespace ptyd::host
