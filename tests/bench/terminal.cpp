#include "tests/bench/terminal.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace ptyd::bench {
namespace {

void raw(int terminal) {
  termios settings{};
  if (::tcgetattr(terminal, &settings) != 0) die("tcgetattr");
  ::cfmakeraw(&settings);
  if (::tcsetattr(terminal, TCSANOW, &settings) != 0) die("tcsetattr");
}

}  // namespace

double micros(Clock::duration time) { return std::chrono::duration<double, std::micro>(time).count(); }

void die(const char* what) {
  std::perror(what);
  std::exit(1);
}

void give_up(const std::string& what) {
  std::fprintf(stderr, "%s\n", what.c_str());
  std::exit(1);
}

Terminal start(char** argv) {
  Terminal terminal;
  terminal.master = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (terminal.master < 0 || ::grantpt(terminal.master) != 0 || ::unlockpt(terminal.master) != 0) die("open a pty");
  const winsize size{24, 80, 0, 0};
  ::ioctl(terminal.master, TIOCSWINSZ, &size);
  raw(terminal.master);
  terminal.pid = ::fork();
  if (terminal.pid < 0) die("fork");
  if (terminal.pid == 0) {
    ::setsid();
    const int slave = ::open(::ptsname(terminal.master), O_RDWR);
    ::ioctl(slave, TIOCSCTTY, 0);
    for (const int fd : {0, 1, 2}) ::dup2(slave, fd);
    if (slave > 2) ::close(slave);
    ::execvp(argv[0], argv);
    die(argv[0]);
  }
  return terminal;
}

void stop(const Terminal& terminal) {
  ::close(terminal.master);
  ::kill(terminal.pid, SIGKILL);
  ::waitpid(terminal.pid, nullptr, 0);
}

int deadline_ms() {
  const char* const set = std::getenv("BENCH_DEADLINE_MS");
  return set != nullptr ? std::atoi(set) : 10'000;
}

std::size_t read_some(int master, char* into, std::size_t size) {
  for (;;) {
    pollfd ready{master, POLLIN, 0};
    if (::poll(&ready, 1, deadline_ms()) == 0) give_up("nothing came within the deadline");
    const auto got = ::read(master, into, size);
    if (got > 0) return static_cast<std::size_t>(got);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    give_up("the program ended early");
  }
}

void expect(int master, std::string_view word) {
  std::string seen;
  char buffer[4096];
  while (seen.find(word) == std::string::npos) seen.append(buffer, read_some(master, buffer, sizeof buffer));
}

void type(int master, std::string_view text) {
  if (::write(master, text.data(), text.size()) != static_cast<ssize_t>(text.size())) die("write");
}

}  // namespace ptyd::bench
