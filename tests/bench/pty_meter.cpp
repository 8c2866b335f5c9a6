// Measures a program from the far side of a pseudoterminal, as a person's window sees it.
//
//   pty_meter throughput BYTES -- PROGRAM ARG...   time from a line, typed after the word "ready", to "end-of-text"
//   pty_meter echo COUNT -- PROGRAM ARG...         round trips of one typed character, after the word "ready"
//   pty_meter until WORD -- PROGRAM ARG...         time from the start of the program until WORD comes
//
// Prints one line of JSON. The program is killed.
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
constexpr int kDeadlineMs = 10'000;

[[noreturn]] void die(const char* what) {
  std::perror(what);
  std::exit(1);
}

struct Program {
  int terminal = -1;
  pid_t pid = -1;
};

void raw(int terminal) {
  termios settings{};
  if (::tcgetattr(terminal, &settings) != 0) die("tcgetattr");
  ::cfmakeraw(&settings);
  if (::tcsetattr(terminal, TCSANOW, &settings) != 0) die("tcsetattr");
}

Program start(char** argv) {
  Program program;
  program.terminal = ::posix_openpt(O_RDWR | O_NOCTTY);
  if (program.terminal < 0 || ::grantpt(program.terminal) != 0 || ::unlockpt(program.terminal) != 0) die("open a pty");
  const winsize size{24, 80, 0, 0};
  ::ioctl(program.terminal, TIOCSWINSZ, &size);
  raw(program.terminal);
  program.pid = ::fork();
  if (program.pid < 0) die("fork");
  if (program.pid == 0) {
    ::setsid();
    const int slave = ::open(::ptsname(program.terminal), O_RDWR);
    ::ioctl(slave, TIOCSCTTY, 0);
    for (const int fd : {0, 1, 2}) ::dup2(slave, fd);
    ::close(program.terminal);
    ::execvp(argv[0], argv);
    die(argv[0]);
  }
  return program;
}

std::size_t read_some(int terminal, char* into, std::size_t size) {
  for (;;) {
    pollfd ready{terminal, POLLIN, 0};
    if (::poll(&ready, 1, kDeadlineMs) == 0) {
      std::fprintf(stderr, "pty_meter: nothing came within the deadline\n");
      std::exit(1);
    }
    const auto got = ::read(terminal, into, size);
    if (got > 0) return static_cast<std::size_t>(got);
    if (got < 0 && errno == EINTR) continue;
    std::fprintf(stderr, "pty_meter: the program ended early\n");
    std::exit(1);
  }
}

void expect(int terminal, std::string_view word) {
  std::string seen;
  char buffer[4096];
  while (seen.find(word) == std::string::npos) seen.append(buffer, read_some(terminal, buffer, sizeof buffer));
}

void type(int terminal, std::string_view text) {
  if (::write(terminal, text.data(), text.size()) != static_cast<ssize_t>(text.size())) die("write");
}

double micros(Clock::duration time) { return std::chrono::duration<double, std::micro>(time).count(); }

// A multiplexer that draws a screen leaves out what has scrolled by, so the end is told by a word and not by a count.
void throughput(int terminal, std::uint64_t bytes) {
  static char buffer[1 << 20];
  constexpr std::string_view kEnd = "end-of-text";
  expect(terminal, "ready");
  type(terminal, "\n");
  const auto begin = Clock::now();
  std::uint64_t seen = 0;
  std::size_t kept = 0;
  for (;;) {
    const auto size = kept + read_some(terminal, buffer + kept, sizeof buffer - kept);
    seen += size - kept;
    if (std::string_view(buffer, size).find(kEnd) != std::string_view::npos) break;
    kept = std::min(size, kEnd.size());
    std::memmove(buffer, buffer + size - kept, kept);
  }
  const double seconds = micros(Clock::now() - begin) / 1e6;
  std::printf("{\"bytes\": %llu, \"seconds\": %.6f, \"mib_per_second\": %.2f}\n", static_cast<unsigned long long>(seen),
              seconds, static_cast<double>(bytes) / seconds / (1 << 20));
}

void echo(int terminal, std::size_t count) {
  expect(terminal, "ready");
  std::vector<double> times;
  char buffer[4096];
  for (std::size_t i = 0; i < count + 100; ++i) {
    const char key = static_cast<char>('a' + i % 26);
    const auto begin = Clock::now();
    type(terminal, std::string_view(&key, 1));
    for (bool seen = false; !seen;) {
      const auto size = read_some(terminal, buffer, sizeof buffer);
      seen = std::memchr(buffer, key, size) != nullptr;
    }
    if (i >= 100) times.push_back(micros(Clock::now() - begin));
  }
  std::sort(times.begin(), times.end());
  std::printf("{\"count\": %zu, \"p50_us\": %.1f, \"p99_us\": %.1f}\n", count, times[times.size() / 2],
              times[times.size() * 99 / 100]);
}

void until(int terminal, std::string_view word, Clock::time_point begin) {
  expect(terminal, word);
  std::printf("{\"us\": %.1f}\n", micros(Clock::now() - begin));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 5 || std::strcmp(argv[3], "--") != 0) {
    std::fprintf(stderr, "usage: pty_meter throughput BYTES | echo COUNT | until WORD -- PROGRAM ARG...\n");
    return 2;
  }
  const std::string_view kind = argv[1];
  const auto amount = std::strtoull(argv[2], nullptr, 10);
  const auto begin = Clock::now();
  const auto program = start(argv + 4);
  if (kind == "throughput") {
    throughput(program.terminal, amount);
  } else if (kind == "echo") {
    echo(program.terminal, amount);
  } else {
    until(program.terminal, argv[2], begin);
  }
  std::fflush(stdout);
  ::close(program.terminal);
  ::kill(program.pid, SIGKILL);
  ::waitpid(program.pid, nullptr, 0);
  return 0;
}
