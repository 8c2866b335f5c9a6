// How long to leave the pty alone after a full read.
#pragma once

#include <cstdint>

namespace ptyd::host {

// The kernel fills a pty through a worker of its own, and a reader that comes too early sleeps until that
// worker has run. A reader that stays away for 10 to 16 us gets twice the rate, but the best time moves with
// the load of the machine. So it is found as we go: each voluntary switch of ours means "came too early". Where
// others want the processor, being there at all keeps the worker from it: each involuntary switch means that.
class Pacing {
 public:
  // How often this process has given up the processor by itself, and how often it was taken away.
  struct Switches {
    std::uint64_t voluntary = 0;
    std::uint64_t involuntary = 0;
  };

  // A full read was done; the counts of switches are asked for only when due() says so.
  bool due() noexcept { return ++reads_ % kInterval == 0; }
  void adapt(const Switches& now) noexcept;
  // A read came back short: the program is slower than we are.
  void short_read() noexcept { wait_ns_ = wait_ns_ * 7 / 8; }
  std::uint64_t wait_ns() const noexcept { return wait_ns_; }

  static constexpr std::uint64_t kMaxWaitNs = 40'000;

 private:
  static constexpr std::uint32_t kInterval = 16;
  std::uint64_t wait_ns_ = 0;
  Switches last_;
  std::uint32_t reads_ = 0;
};

}  // namespace ptyd::host
