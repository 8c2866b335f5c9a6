// How long to leave the pty alone after a full read.
#pragma once

#include <cstdint>

namespace ptyd::host {

// The kernel fills a pty through a worker of its own, and a reader that comes too early sleeps until that
// worker has run. A reader that stays away for 10 to 16 us gets twice the rate, but the best time moves with
// the load of the machine. So it is found as we go: each voluntary switch of ours means "came too early".
class Pacing {
 public:
  // A full read was done; `switches` is the process's count of voluntary context switches, asked for only
  // when due() says so.
  bool due() noexcept { return ++reads_ % kInterval == 0; }
  void adapt(std::uint64_t switches) noexcept;
  // A read came back short: the program is slower than we are.
  void short_read() noexcept { wait_ns_ = wait_ns_ * 7 / 8; }
  std::uint64_t wait_ns() const noexcept { return wait_ns_; }

  static constexpr std::uint64_t kMaxWaitNs = 40'000;

 private:
  static constexpr std::uint32_t kInterval = 16;
  std::uint64_t wait_ns_ = 0;
  std::uint64_t switches_ = 0;
  std::uint32_t reads_ = 0;
};

}  // namespace ptyd::host
