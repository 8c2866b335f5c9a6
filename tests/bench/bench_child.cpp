// The program that runs inside what is measured. FOLDER holds two FIFOs: `start`, and `report`, into which it writes a
// line whenever there is something to say: no terminal need be attached.
//
//   bench_child flood FOLDER KIND BYTES raw|cooked
//       prints a mark for each line that is typed; once a byte comes through `start`, writes the stream between begin
//       and end, then waits. Reports "ready", and "wrote NANOSECONDS" that this took
//   bench_child print KIND BYTES raw|cooked  writes what comes out of a terminal in which flood ran
//   bench_child paint FOLDER LINES
//       prints that many lines and then a screen, and the screen again whenever the window's size is set; reports
//       "ready"
//   bench_child echo FOLDER                  sends back what is typed. Reports "ready"
//   bench_child sizes FOLDER
//       reports "size TIME COLUMNS", by the monotonic clock, at first and whenever it is told of another size
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include "tests/bench/stream.hpp"

namespace {

using namespace ptyd::bench;

[[noreturn]] void fail(const char* what) {
  std::perror(what);
  std::exit(120);
}

std::int64_t nanoseconds() { return std::chrono::steady_clock::now().time_since_epoch().count(); }

void write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0) fail("write");
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void print(std::string_view text) { write_all(STDOUT_FILENO, text); }

int open_fifo(const std::string& folder, const char* name) {
  const int fd = ::open((folder + "/" + name).c_str(), O_RDWR | O_CLOEXEC);
  if (fd < 0) fail(name);
  return fd;
}

void report(int fifo, const std::string& line) { write_all(fifo, line + "\n"); }

// Cooked: output is processed and input comes by lines, but nothing is echoed.
void set_up_terminal(bool cooked) {
  termios modes{};
  if (::tcgetattr(STDIN_FILENO, &modes) != 0) fail("tcgetattr");
  ::cfmakeraw(&modes);
  if (cooked) {
    modes.c_iflag |= ICRNL;
    modes.c_oflag |= OPOST | ONLCR;
    modes.c_lflag |= ICANON | ISIG;
  }
  if (::tcsetattr(STDIN_FILENO, TCSANOW, &modes) != 0) fail("tcsetattr");
}

// Says that it is there to each one who types, until it is time.
void wait_for_start(int start, std::string_view line_end) {
  pollfd ready[2] = {{STDIN_FILENO, POLLIN, 0}, {start, POLLIN, 0}};
  for (unsigned typed = 0;;) {
    if (::poll(ready, 2, -1) < 0) fail("poll");
    char byte = 0;
    if ((ready[1].revents & POLLIN) != 0 && ::read(start, &byte, 1) == 1) return;
    if ((ready[0].revents & (POLLIN | POLLHUP)) == 0) continue;
    if (::read(STDIN_FILENO, &byte, 1) != 1) std::exit(122);
    if (byte == '\r' || byte == '\n') print("mark-" + std::to_string(++typed) + std::string(line_end));
  }
}

int flood(const std::string& folder, char** words) {
  const bool cooked = std::strcmp(words[2], "cooked") == 0;
  const Stream stream = make_stream(words[0], cooked, std::strtoull(words[1], nullptr, 10));
  const std::string line_end = cooked ? "\n" : "\r\n";
  set_up_terminal(cooked);
  const int reports = open_fifo(folder, "report");
  const int start = open_fifo(folder, "start");
  report(reports, "ready");
  wait_for_start(start, line_end);
  const std::int64_t begun = nanoseconds();
  print("begin-of-text" + line_end);
  constexpr std::uint64_t kWrite = 64 * 1024;
  for (std::uint64_t at = 0; at < stream.written_bytes();) {
    const std::size_t from = at % stream.written.size();
    const auto size = std::min<std::uint64_t>({kWrite, stream.written.size() - from, stream.written_bytes() - at});
    print(std::string_view(stream.written).substr(from, static_cast<std::size_t>(size)));
    at += size;
  }
  print(line_end + std::string(kEndWord) + line_end);
  report(reports, "wrote " + std::to_string(nanoseconds() - begun));
  for (;;) ::pause();
}

void paint_screen() {
  std::string screen = "\x1b[H\x1b[2J";
  for (int line = 0; line < 23; ++line)
    screen += "\x1b[3" + std::to_string(line % 8) + "mline " + std::to_string(line) +
              " of a screen that is full of words and colours\r\n";
  print(screen + "\x1b[mend-of-screen");
}

// SIGWINCH is taken by sigwait(), so that none is missed.
sigset_t take_window_changes() {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGWINCH);
  if (::sigprocmask(SIG_BLOCK, &set, nullptr) != 0) fail("sigprocmask");
  return set;
}

int paint(const std::string& folder, char** words) {
  const sigset_t changes = take_window_changes();
  set_up_terminal(false);
  const Stream stream = make_stream("ascii", false, 0);
  std::string lines;
  for (std::uint64_t line = 0, count = std::strtoull(words[0], nullptr, 10); line < count; ++line)
    lines += std::string_view(stream.written)
                 .substr(line * stream.written_line % stream.written.size(), stream.written_line);
  print(lines);
  paint_screen();
  report(open_fifo(folder, "report"), "ready");
  for (int taken = 0;;) {
    ::sigwait(&changes, &taken);
    paint_screen();
  }
}

int echo(const std::string& folder) {
  set_up_terminal(false);
  report(open_fifo(folder, "report"), "ready");
  char buffer[4096];
  for (;;) {
    const ssize_t got = ::read(STDIN_FILENO, buffer, sizeof buffer);
    if (got <= 0) return 0;
    print(std::string_view(buffer, static_cast<std::size_t>(got)));
  }
}

int print_all(char** words) {
  const Stream stream =
      make_stream(words[0], std::strcmp(words[2], "cooked") == 0, std::strtoull(words[1], nullptr, 10));
  print(kBegin);
  std::uint64_t left = stream.shown_bytes();
  for (; left > stream.shown.size(); left -= stream.shown.size()) print(stream.shown);
  print(std::string_view(stream.shown).substr(0, static_cast<std::size_t>(left)));
  print(kEnd);
  return 0;
}

int sizes(const std::string& folder) {
  const sigset_t changes = take_window_changes();
  const int reports = open_fifo(folder, "report");
  for (int taken = 0;;) {
    winsize size{};
    const std::int64_t now = nanoseconds();
    if (::ioctl(STDIN_FILENO, TIOCGWINSZ, &size) != 0) fail("TIOCGWINSZ");
    report(reports, "size " + std::to_string(now) + " " + std::to_string(size.ws_col));
    ::sigwait(&changes, &taken);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view verb = argc > 2 ? argv[1] : "";
  if (verb == "flood" && argc == 6) return flood(argv[2], argv + 3);
  if (verb == "paint" && argc == 4) return paint(argv[2], argv + 3);
  if (verb == "print" && argc == 5) return print_all(argv + 2);
  if (verb == "echo" && argc == 3) return echo(argv[2]);
  if (verb == "sizes" && argc == 3) return sizes(argv[2]);
  std::fprintf(stderr, "usage: bench_child flood|paint|echo|sizes FOLDER ... | print KIND BYTES raw|cooked\n");
  return 125;
}
