// Measures a program from the far side of a pseudoterminal, as a person's window sees it.
//
//   pty_meter echo COUNT[,US] -- PROGRAM ARG...  round trips of one typed character; US: microseconds between an answer
//                                                and the next one
//   pty_meter until WORD -- PROGRAM ARG...       time from the start of the program until WORD comes
//
// Prints one line of JSON. The program is killed.
#include <poll.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/bench/terminal.hpp"

namespace {

using namespace ptyd::bench;

// A client may take its time to attach, and lose what is typed before.
void wait_until_it_answers(int terminal) {
  constexpr char kKey = 'X';
  pollfd ready{terminal, POLLIN, 0};
  char buffer[4096];
  const auto begin = Clock::now();
  for (bool answered = false; !answered || ::poll(&ready, 1, 100) > 0;) {
    if (!answered) {
      if (micros(Clock::now() - begin) > deadline_ms() * 1e3) give_up("no key comes back");
      type(terminal, std::string_view(&kKey, 1));
      if (::poll(&ready, 1, 200) == 0) continue;
    }
    answered = std::memchr(buffer, kKey, read_some(terminal, buffer, sizeof buffer)) != nullptr || answered;
  }
}

// COUNT,US: a person, or a program, that types waits in between, and processors fall asleep.
void echo(int terminal, const char* amount) {
  char* rest = nullptr;
  const std::size_t count = std::strtoull(amount, &rest, 10);
  const std::chrono::microseconds between(*rest == ',' ? std::strtoull(rest + 1, nullptr, 10) : 0);
  constexpr std::string_view kKeys = "abefgjkovwxyz";  // those that end no sequence a screen is drawn with
  wait_until_it_answers(terminal);
  std::vector<double> times;
  char buffer[4096];
  for (std::size_t i = 0; i < count + 100; ++i) {
    const char key = kKeys[i % kKeys.size()];
    const auto begin = Clock::now();
    type(terminal, std::string_view(&key, 1));
    for (bool seen = false; !seen;) {
      const auto size = read_some(terminal, buffer, sizeof buffer);
      seen = std::memchr(buffer, key, size) != nullptr;
    }
    if (i >= 100) times.push_back(micros(Clock::now() - begin));
    if (between.count() != 0) std::this_thread::sleep_for(between);  // the pace of the keys, not part of the figure
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
    std::fprintf(stderr, "usage: pty_meter echo COUNT[,US] | until WORD -- PROGRAM ARG...\n");
    return 2;
  }
  const std::string_view kind = argv[1];
  const auto begin = Clock::now();
  const auto terminal = start(argv + 4);
  if (kind == "echo") {
    echo(terminal.master, argv[2]);
  } else {
    until(terminal.master, argv[2], begin);
  }
  std::fflush(stdout);
  stop(terminal);
  return 0;
}
