// A program on a pseudoterminal of ours, for those who measure from the far side of it.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace ptyd::bench {

using Clock = std::chrono::steady_clock;

double micros(Clock::duration time);

// Ends this program with what the system says.
[[noreturn]] void die(const char* what);
// The same in our own words.
[[noreturn]] void give_up(const std::string& what);

struct Terminal {
  int master = -1;
  pid_t pid = -1;
};

// Starts a program on a raw terminal of 80x24. It ends with us, at the latest by stop().
Terminal start(char** argv);
void stop(const Terminal& terminal);

// How long nothing may come where something must: ten seconds, or BENCH_DEADLINE_MS.
int deadline_ms();

// What comes next. Ends this program when nothing does in time, or when the other one has ended.
std::size_t read_some(int master, char* into, std::size_t size);
void expect(int master, std::string_view word);
void type(int master, std::string_view text);

}  // namespace ptyd::bench
