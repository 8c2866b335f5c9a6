// The program that tests run inside sessions: pty_child VERB ARGUMENTS...
//
//   pattern SEED BYTES [CODE]  raw mode; writes that many bytes of the pattern, exits with CODE
//   pattern-wait SEED BYTES  the same after a line (ended by \r or \n) was read
//   duplex SEED OUT IN       raw mode; writes a byte, and from the first that comes on all OUT bytes of the pattern,
//                            made printable, while it reads IN bytes of ~SEED, the same; exits with 42, or 43
//                            when one of them was another
//   text BYTES               raw mode; prints "ready", reads a line, writes that many bytes of text and "end-of-text"
//   sink BYTES               raw mode; prints "ready", reads that many bytes, prints their FNV-1a and count
//   answer                   prints each line that is read in [], until the line "end" or "end CODE"
//   say TEXT                 prints TEXT and a line end
//   wait                     waits for ever
//   echo                     raw mode; prints "ready", sends every byte back
//   lines                    line mode as it is; prints "ready", then "line LENGTH" for each line that is read
//   sizes                    prints COLSxROWS, and again whenever the window size changes
//   exit CODE                exits
//   die SIGNAL               ends by that signal
//   ignore-hup               ignores SIGHUP and SIGTERM, prints "ready", waits for ever
//   signals                  prints "ready", then "signal NUMBER" for INT, QUIT, TERM, HUP, USR1, USR2
//   env NAME...              prints NAME=value of each
//   cwd                      prints the current folder
//   fds                      prints "fds" and the numbers of the open descriptors
//   hold-tty FIFO            leaves a process behind, in a session of its own, that keeps the tty open until a byte
//                            comes through FIFO; then it prints "released"
//   tree COUNT               leaves a chain of that many processes that ignore SIGHUP, every second one
//                            an orphan; prints "tree PID..." and waits
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <span>
#include <string>
#include <string_view>

#include "tests/child/duplex.hpp"
#include "tests/support/pattern.hpp"

namespace {

using Arguments = std::span<char*>;

[[noreturn]] void fail(const char* what) {
  std::perror(what);
  std::exit(120);
}

void make_raw() {
  if (::isatty(STDIN_FILENO) == 0) return;
  termios modes{};
  if (::tcgetattr(STDIN_FILENO, &modes) != 0) fail("tcgetattr");
  ::cfmakeraw(&modes);
  if (::tcsetattr(STDIN_FILENO, TCSANOW, &modes) != 0) fail("tcsetattr");
}

void write_all(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("write");
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

// "\r\n" in raw mode too, where the tty would not add the "\r".
void print(std::string_view text) { write_all(std::as_bytes(std::span(text))); }

std::span<const std::byte> read_some(std::span<std::byte> to) {
  ssize_t got = 0;
  do {
    got = ::read(STDIN_FILENO, to.data(), to.size());
  } while (got < 0 && errno == EINTR);
  if (got < 0) fail("read");
  return to.first(static_cast<std::size_t>(got));
}

std::uint64_t number(Arguments arguments, std::size_t index) {
  if (index < arguments.size()) return std::strtoull(arguments[index], nullptr, 10);
  std::fprintf(stderr, "pty_child: an argument is missing\n");
  std::exit(121);
}

void wait_for_ever() {
  for (;;) ::pause();
}

// ---------------------------------------------------------------- bytes

int pattern(Arguments arguments) {
  make_raw();
  const std::uint64_t seed = number(arguments, 0);
  const std::uint64_t bytes = number(arguments, 1);
  std::array<std::byte, 16 * 1024> block;
  for (std::uint64_t at = 0; at < bytes; at += block.size()) {
    const auto piece =
        std::span(block).first(static_cast<std::size_t>(std::min<std::uint64_t>(block.size(), bytes - at)));
    ptyd::fill_pattern(seed, at, piece);
    write_all(piece);
  }
  return arguments.size() > 2 ? static_cast<int>(number(arguments, 2)) : 0;
}

int duplex(Arguments arguments) {
  make_raw();
  return ptyd::run_duplex(number(arguments, 0), number(arguments, 1), number(arguments, 2));
}

bool read_line() {
  std::byte one{};
  while (one != std::byte{'\r'} && one != std::byte{'\n'})
    if (read_some(std::span(&one, 1)).empty()) return false;
  return true;
}

int pattern_wait(Arguments arguments) {
  make_raw();
  return read_line() ? pattern(arguments) : 122;
}

int text(Arguments arguments) {
  make_raw();
  print("ready\r\n");
  if (!read_line()) return 122;
  constexpr std::size_t kLine = 64;
  std::string block;
  while (block.size() < 16 * 1024)
    block += std::string(kLine - 2, static_cast<char>('a' + block.size() / kLine % 26)) + "\r\n";
  for (std::uint64_t left = number(arguments, 0); left > 0;) {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(block.size(), left));
    print(std::string_view(block).substr(0, size));
    left -= size;
  }
  print("\r\nend-of-text\r\n");
  wait_for_ever();
  return 0;
}

int sink(Arguments arguments) {
  make_raw();
  print("ready\r\n");
  const std::uint64_t bytes = number(arguments, 0);
  ptyd::Fnv1a hash;
  std::uint64_t count = 0;
  std::array<std::byte, 16 * 1024> block;
  while (count < bytes) {
    const auto left = static_cast<std::size_t>(std::min<std::uint64_t>(block.size(), bytes - count));
    const auto got = read_some(std::span(block).first(left));
    if (got.empty()) break;
    hash.add(got);
    count += got.size();
  }
  char text[64];
  std::snprintf(text, sizeof text, "%016" PRIx64 " %" PRIu64 "\r\n", hash.value(), count);
  print(text);
  return 0;
}

int answer(Arguments) {
  char line[4096];
  while (std::fgets(line, sizeof line, stdin) != nullptr) {
    line[std::strcspn(line, "\n")] = '\0';
    if (std::strncmp(line, "end", 3) == 0) return std::atoi(line + 3);
    std::printf("[%s]\n", line);
    std::fflush(stdout);
  }
  return 0;
}

int say(Arguments arguments) {
  if (!arguments.empty()) std::puts(arguments[0]);
  return 0;
}

int wait(Arguments) {
  wait_for_ever();
  return 0;
}

int echo(Arguments) {
  make_raw();
  print("ready\r\n");
  std::array<std::byte, 4096> block;
  for (auto got = read_some(block); !got.empty(); got = read_some(block)) write_all(got);
  return 0;
}

int lines(Arguments) {
  print("ready\n");
  std::array<std::byte, 8192> block;
  for (auto got = read_some(block); !got.empty(); got = read_some(block)) {
    char text[32];
    std::snprintf(text, sizeof text, "line %zu\n", got.size());
    print(text);
  }
  return 0;
}

// ---------------------------------------------------------------- signals and sizes

// Signals are taken one by one with sigwait(): nothing happens in a handler.
sigset_t block_signals(std::initializer_list<int> numbers) {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int one : numbers) ::sigaddset(&set, one);
  if (::sigprocmask(SIG_BLOCK, &set, nullptr) != 0) fail("sigprocmask");
  return set;
}

int sizes(Arguments) {
  const sigset_t set = block_signals({SIGWINCH});
  for (;;) {
    winsize size{};
    if (::ioctl(STDIN_FILENO, TIOCGWINSZ, &size) != 0) fail("TIOCGWINSZ");
    char text[32];
    std::snprintf(text, sizeof text, "%ux%u\n", static_cast<unsigned>(size.ws_col), static_cast<unsigned>(size.ws_row));
    print(text);
    int taken = 0;
    ::sigwait(&set, &taken);
  }
}

int signals(Arguments) {
  const sigset_t set = block_signals({SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2});
  print("ready\n");
  for (;;) {
    int taken = 0;
    ::sigwait(&set, &taken);
    char text[32];
    std::snprintf(text, sizeof text, "signal %d\n", taken);
    print(text);
  }
}

int ignore_hup(Arguments) {
  ::signal(SIGHUP, SIG_IGN);
  ::signal(SIGTERM, SIG_IGN);
  print("ready\n");
  wait_for_ever();
  return 0;
}

int die(Arguments arguments) {
  const int signal_number = static_cast<int>(number(arguments, 0));
  ::signal(signal_number, SIG_DFL);
  ::raise(signal_number);
  return 123;
}

// ---------------------------------------------------------------- surroundings

int env(Arguments arguments) {
  for (const char* const name : arguments) {
    const char* const value = std::getenv(name);
    std::printf("%s=%s\n", name, value != nullptr ? value : "");
  }
  return 0;
}

int cwd(Arguments) {
  char path[4096];
  std::printf("%s\n", ::getcwd(path, sizeof path) != nullptr ? path : "?");
  return 0;
}

int fds(Arguments) {
  std::printf("fds");
  for (int fd = 0; fd < 1024; ++fd)
    if (::fcntl(fd, F_GETFD) >= 0) std::printf(" %d", fd);
  std::printf("\n");
  return 0;
}

// ---------------------------------------------------------------- families

int hold_tty(Arguments arguments) {
  if (arguments.empty()) return 121;
  // The leader goes only when the other has left the session, so that no SIGHUP finds it.
  int ends[2];
  if (::pipe(ends) != 0) fail("pipe");
  const pid_t holder = ::fork();
  if (holder < 0) fail("fork");
  if (holder == 0) {
    ::signal(SIGHUP, SIG_IGN);
    ::setsid();
    ::close(ends[0]);
    ::close(ends[1]);
    const int fifo = ::open(arguments[0], O_RDONLY);
    char byte = 0;
    while (fifo >= 0 && ::read(fifo, &byte, 1) < 0 && errno == EINTR) {
    }
    print("released\n");
    ::_exit(0);
  }
  ::close(ends[1]);
  char byte = 0;
  static_cast<void>(::read(ends[0], &byte, 1) == 0);
  char text[32];
  std::snprintf(text, sizeof text, "holding %ld\n", static_cast<long>(holder));
  print(text);
  return 0;
}

// Each tells its number through `report` and starts the next; every second one forks once more and exits, so that
// the rest of the chain loses its parent.
[[noreturn]] void run_chain(std::uint64_t left, int report) {
  const int self = ::getpid();
  static_cast<void>(::write(report, &self, sizeof self) == 0);
  if (left > 1) {
    const pid_t next = ::fork();
    if (next == 0) {
      if (left % 2 == 0 && ::fork() != 0) ::_exit(0);
      run_chain(left - 1, report);
    }
    if (next > 0 && left % 2 == 0) ::waitpid(next, nullptr, 0);
  }
  ::close(report);
  wait_for_ever();
  ::_exit(0);
}

int tree(Arguments arguments) {
  const std::uint64_t count = number(arguments, 0);
  ::signal(SIGHUP, SIG_IGN);
  int ends[2];
  if (::pipe(ends) != 0) fail("pipe");
  if (count > 0 && ::fork() == 0) {
    ::close(ends[0]);
    run_chain(count, ends[1]);
  }
  ::close(ends[1]);
  std::printf("tree");
  int pid = 0;
  for (std::uint64_t i = 0; i < count && ::read(ends[0], &pid, sizeof pid) == sizeof pid; ++i) std::printf(" %d", pid);
  std::printf("\n");
  std::fflush(stdout);
  wait_for_ever();
  return 0;
}

// ---------------------------------------------------------------- choice

int exit_with(Arguments arguments) { return static_cast<int>(number(arguments, 0)); }

struct Verb {
  std::string_view name;
  int (*run)(Arguments);
};

constexpr Verb kVerbs[] = {
    {"pattern", pattern}, {"pattern-wait", pattern_wait},
    {"sink", sink},       {"echo", echo},
    {"lines", lines},     {"sizes", sizes},
    {"exit", exit_with},  {"die", die},
    {"signals", signals}, {"ignore-hup", ignore_hup},
    {"env", env},         {"cwd", cwd},
    {"fds", fds},         {"hold-tty", hold_tty},
    {"tree", tree},       {"text", text},
    {"duplex", duplex},   {"answer", answer},
    {"say", say},         {"wait", wait},
};

}  // namespace

int main(int argc, char** argv) {
  const Arguments all(argv, static_cast<std::size_t>(argc));
  if (all.size() >= 2) {
    const auto verb =
        std::find_if(std::begin(kVerbs), std::end(kVerbs), [&](const Verb& one) { return one.name == all[1]; });
    if (verb != std::end(kVerbs)) return verb->run(all.subspan(2));
  }
  std::fprintf(stderr, "usage: pty_child VERB ARGUMENTS...\n");
  return 125;
}
