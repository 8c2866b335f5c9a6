// When recent output came, as far as that is known.
#pragma once

#include <cstdint>
#include <vector>

namespace ptyd {

struct OutputTime {
  std::uint64_t offset = 0;  // all output before it had come by then
  std::uint64_t at_ms = 0;   // Unix time
};

// Bounded: when there are too many times, every second one goes, and they are noted less often from then on.
class OutputClock {
 public:
  static constexpr std::size_t kMost = 1024;

  // Output has come up to `offset`. `oldest`: what is before it is of no interest any more.
  void note(std::uint64_t offset, std::uint64_t oldest, std::uint64_t now_ms);
  // Oldest first; offsets and times go up.
  const std::vector<OutputTime>& times() const noexcept { return times_; }
  // Output before it came at a time that nobody knows.
  std::uint64_t known_from() const noexcept { return known_from_; }
  void begin(std::uint64_t offset) noexcept { known_from_ = offset; }

 private:
  std::vector<OutputTime> times_;
  std::uint64_t known_from_ = 0;
  std::uint64_t spacing_ms_ = 5;
};

}  // namespace ptyd
