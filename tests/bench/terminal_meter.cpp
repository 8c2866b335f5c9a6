// Measures what comes out of terminals that show a session which runs bench_child.
//
//   terminal_meter stream FOLDER KIND BYTES raw|cooked exact|drawn PACE CLIENTS -- CLIENT ARG...
//       starts that many clients, each on a terminal of its own, waits until all show the session, starts the stream,
//       and takes the time until the last has shown its end. PACE: see Drain, in microseconds
//   terminal_meter resize FOLDER COUNT -- CLIENT ARG...  from setting the size to the program's knowing it
//   terminal_meter storm FOLDER COUNT -- CLIENT ARG...   that many sizes in a row; from the last to the program's
//                                                        knowing it
//   terminal_meter keep CLIENTS -- CLIENT ARG...         shows them, says so, and reads them until it is killed
//
// Prints one line of JSON.
#include <sys/ioctl.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <thread>

#include "tests/bench/drain.hpp"
#include "tests/bench/reports.hpp"
#include "tests/bench/stream.hpp"

namespace {

using namespace ptyd::bench;
using std::chrono::microseconds;
using std::chrono::milliseconds;

// After which nothing more is awaited: who loses bytes loses the end as well.
int silence_ms() { return deadline_ms() / 4; }
constexpr unsigned kLastColumns = 200;

std::vector<Terminal> start_all(std::size_t count, char** argv) {
  std::vector<Terminal> terminals;
  for (std::size_t i = 0; i < count; ++i) terminals.push_back(start(argv));
  return terminals;
}

void stop_all(const std::vector<Terminal>& terminals) {
  std::fflush(stdout);
  for (const auto& terminal : terminals) stop(terminal);
}

// Types lines at the first until each shows a mark that the program made of one: then all are attached.
void wait_until_shown(Drain& drain, const std::vector<Terminal>& terminals) {
  std::vector<std::string> seen(terminals.size());
  const auto is_shown = [](const std::string& text) { return text.find("mark-") != std::string::npos; };
  const auto all = [&] { return std::all_of(seen.begin(), seen.end(), is_shown); };
  const auto take = [&](std::size_t terminal, std::string_view piece) { seen[terminal] += piece; };
  for (int tries = 0; !all(); ++tries) {
    if (tries * 100 > deadline_ms()) give_up("not all clients show the session");
    type(terminals.front().master, "\n");
    drain.run(take, all, 100);
  }
  drain.run([](std::size_t, std::string_view) {}, [] { return false; }, 30);
}

int stream(char** words, std::size_t clients, char** argv) {
  const bool cooked = std::strcmp(words[3], "cooked") == 0;
  const bool exact = std::strcmp(words[4], "exact") == 0;
  const Stream text = make_stream(words[1], cooked, std::strtoull(words[2], nullptr, 10));
  const Reports reports(words[0]);
  const auto terminals = start_all(clients, argv);
  Drain drain(terminals, microseconds(std::strtoll(words[5], nullptr, 10)));
  wait_until_shown(drain, terminals);

  std::vector<Follower> followers(clients, Follower(text, exact));
  std::size_t left = clients;
  const auto begin = Clock::now();
  auto end = begin;
  reports.start_child();
  drain.run(
      [&](std::size_t terminal, std::string_view piece) {
        const bool before = followers[terminal].ended();
        followers[terminal].take(piece);
        if (before || !followers[terminal].ended()) return;
        --left;
        end = Clock::now();
      },
      [&] { return left == 0; }, silence_ms());
  const auto right = std::count_if(followers.begin(), followers.end(), [](const auto& one) { return one.all_right(); });
  const double seconds = micros(end - begin) / 1e6;
  std::printf("{\"mb_per_second\": %.3f, \"seconds\": %.6f, \"clients\": %zu, \"ended\": %zu, \"exact\": %ld}\n",
              left == clients ? 0 : static_cast<double>(text.shown_bytes()) / seconds / 1e6, seconds, clients,
              clients - left, static_cast<long>(right));
  stop_all(terminals);
  return 0;
}

void set_columns(int master, unsigned columns) {
  const winsize size{24, static_cast<unsigned short>(columns), 0, 0};
  if (::ioctl(master, TIOCSWINSZ, &size) != 0) die("TIOCSWINSZ");
}

// When the program knew of that many columns; the size is set again and again while `repeat`.
std::int64_t known_at(Reports& reports, int master, unsigned columns, bool repeat) {
  for (int tries = 0; tries * 200 <= deadline_ms(); ++tries) {
    if (repeat) set_columns(master, 100 + static_cast<unsigned>(tries % 2));
    if (repeat) set_columns(master, columns);
    while (const auto size = reports.next_size(200))
      if (size->columns == columns) return size->time;
  }
  give_up("the program was not told of a size");
}

void drain_for_ever(int master) {
  std::thread([master] {
    char buffer[65536];
    while (read_some(master, buffer, sizeof buffer) > 0) {
    }
  }).detach();
}

void print_times(std::vector<double>& times) {
  std::sort(times.begin(), times.end());
  std::printf("{\"p50_us\": %.1f, \"p99_us\": %.1f, \"count\": %zu}\n", times[times.size() / 2],
              times[times.size() * 99 / 100], times.size());
}

std::int64_t now() { return Clock::now().time_since_epoch().count(); }

int resize(char** words, const Terminal& terminal) {
  Reports reports(words[0]);
  known_at(reports, terminal.master, 90, true);
  std::vector<double> times;
  for (unsigned i = 0, count = static_cast<unsigned>(std::strtoul(words[1], nullptr, 10)); i < count; ++i) {
    std::this_thread::sleep_for(milliseconds(2));  // the pace of the sizes, not part of the figure
    const unsigned columns = 91 + i % 50;
    const std::int64_t begin = now();
    set_columns(terminal.master, columns);
    times.push_back(static_cast<double>(known_at(reports, terminal.master, columns, false) - begin) / 1e3);
  }
  print_times(times);
  return 0;
}

int storm(char** words, const Terminal& terminal) {
  Reports reports(words[0]);
  known_at(reports, terminal.master, 90, true);
  const auto count = static_cast<unsigned>(std::strtoul(words[1], nullptr, 10));
  auto next = Clock::now();
  for (unsigned i = 1; i < count; ++i) {
    set_columns(terminal.master, 91 + i % 50);
    next += microseconds(100);
    while (Clock::now() < next) {
    }
  }
  const std::int64_t begin = now();
  set_columns(terminal.master, kLastColumns);
  unsigned told = 0;
  for (;;) {
    const auto size = reports.next_size(silence_ms());
    if (!size) give_up("the program was not told of the last size");
    ++told;
    if (size->columns != kLastColumns) continue;
    std::printf("{\"settled_us\": %.1f, \"told\": %u}\n", static_cast<double>(size->time - begin) / 1e3, told);
    return 0;
  }
}

int keep(std::size_t clients, char** argv) {
  const auto terminals = start_all(clients, argv);
  Drain drain(terminals, microseconds(0));
  wait_until_shown(drain, terminals);
  std::printf("{}\n");
  std::fflush(stdout);
  for (;;) drain.run([](std::size_t, std::string_view) {}, [] { return false; }, -1);
}

int run(const std::string& verb, int words, char** argv, char** client) {
  const auto last = [&] { return static_cast<std::size_t>(std::strtoull(argv[words - 1], nullptr, 10)); };
  if (verb == "stream" && words == 7) return stream(argv, last(), client);
  if (verb == "keep" && words == 1) return keep(last(), client);
  if ((verb != "resize" && verb != "storm") || words != 2)
    give_up("usage: terminal_meter stream|resize|storm|keep ...");
  const Terminal terminal = start(client);
  drain_for_ever(terminal.master);
  const int status = verb == "resize" ? resize(argv, terminal) : storm(argv, terminal);
  std::fflush(stdout);
  std::_Exit(status);  // the thread still reads; the client is hung up
}

}  // namespace

int main(int argc, char** argv) {
  const auto dashes =
      std::find_if(argv + 1, argv + argc, [](const char* word) { return std::strcmp(word, "--") == 0; });
  if (argc < 3 || dashes + 1 >= argv + argc) give_up("usage: terminal_meter VERB WORD... -- CLIENT ARG...");
  return run(argv[1], static_cast<int>(dashes - argv) - 2, argv + 2, dashes + 1);
}
