// When the screen is to look at more output.
#pragma once

#include <chrono>
#include <cstdint>

namespace ptyd {

// Being woken for each piece of output takes more than reading many of them at once: the processor from the program
// that writes them, and from whoever is shown them. What comes now and then is looked at as it comes.
class LookPacing {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // A look at `now` has found `bytes` that were new. `urgent`: the program waits for what the screen says, or a client
  // does. Returns how long to leave the output alone; zero: until there is some.
  std::chrono::milliseconds after_look(std::uint64_t bytes, bool urgent, Time now) noexcept;

  // A program whose terminal is full each time it is read will go on.
  static constexpr std::uint64_t kFloodBytes = 4000;
  static constexpr std::chrono::milliseconds kFloodPause{1};
  // So many looks in a row, each soon after the one before, are many.
  static constexpr unsigned kMany = 16;
  static constexpr std::chrono::milliseconds kSoon{4};
  static constexpr std::chrono::milliseconds kManyPause{8};

 private:
  Time expected_{};  // the last look that found something, and the pause behind it
  unsigned in_row_ = 0;
};

}  // namespace ptyd
