// How long ago something was, and how much of its time is left.
#pragma once

#include <chrono>
#include <cstdint>

namespace ptyd {

// By two clocks. One counts since the machine's start, goes on while it sleeps and is set by nobody; 0: not known, or
// not told by whoever noted it. The other is the wall clock, which people and other machines set.
struct Moment {
  std::uint64_t boot_ns = 0;
  std::uint64_t unix_ms = 0;
};

// By the first clock where both moments have it, else by the wall clock; never negative. One that lies ahead by the first
// clock was noted before the machine was started: the wall clock decides.
std::chrono::milliseconds age_of(Moment then, Moment now) noexcept;

// Of `whole_ms` that began at `begin`: 0 when it is over, and at most ten years.
std::chrono::milliseconds time_left(Moment begin, std::uint64_t whole_ms, Moment now) noexcept;

}  // namespace ptyd
