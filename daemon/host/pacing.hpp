// How long to leave the pty alone after a full read.
#pragma once

#include <cstddef>
#include <cstdint>

namespace ptyd::host {

// The kernel fills a pty through a worker of its own, and a reader that comes too early sleeps until that worker has
// run. Whether staying away for some microseconds multiplies the rate or halves it is up to the machine, its load and
// where the scheduler has put whom, and changes from one moment to the next. So it is measured as we go: each time is
// tried for a while, the best one is kept, and the others are tried again now and then. A longer time has to be clearly
// better, as waiting takes a processor. Where others want that, being there at all keeps the worker from it.
class Pacing {
 public:
  // A full read was done. True: enough of them in a row to be compared, and choose() is due.
  bool full_read(std::uint64_t bytes, std::uint64_t now_ns) noexcept;
  // `pushed`: how often this process was driven off its processor so far.
  void choose(std::uint64_t now_ns, std::uint64_t pushed) noexcept;
  std::uint64_t wait_ns() const noexcept { return kWaits[now_]; }

  static constexpr std::uint64_t kWaits[] = {0, 3'000, 8'000, 16'000};
  static constexpr std::uint32_t kReads = 128;          // that are measured together
  static constexpr std::uint32_t kTryAgain = 16;        // of so many measurements one is of another time
  static constexpr std::uint64_t kPauseNs = 2'000'000;  // of the program: what came before is not measured with the rest

 private:
  static constexpr std::size_t kCount = sizeof kWaits / sizeof *kWaits;

  void note_rate(std::uint64_t now_ns) noexcept;
  std::size_t best() const noexcept;
  std::size_t next() noexcept;

  std::size_t now_ = 0;
  std::size_t tried_ = 0;
  std::uint64_t rates_[kCount] = {};  // bytes in a millisecond; 0: not tried
  std::uint32_t measured_ = 0;
  std::uint32_t reads_ = 0;  // of the measurement under way, as all of the following
  std::uint64_t bytes_ = 0;
  std::uint64_t begun_ns_ = 0;
  std::uint64_t last_ns_ = 0;
  std::uint64_t pushed_ = 0;
};

}  // namespace ptyd::host
