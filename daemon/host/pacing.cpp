#include "daemon/host/pacing.hpp"

#include <algorithm>

namespace ptyd::host {

bool Pacing::full_read(std::uint64_t bytes, std::uint64_t now_ns) noexcept {
  if (reads_ == 0 || now_ns - last_ns_ > kPauseNs) {
    // What it brought was there before.
    reads_ = 1;
    bytes_ = 0;
    begun_ns_ = now_ns;
  } else {
    ++reads_;
    bytes_ += bytes;
  }
  last_ns_ = now_ns;
  return reads_ > kReads;
}

void Pacing::choose(std::uint64_t now_ns, std::uint64_t pushed) noexcept {
  const std::uint64_t driven_off = pushed - pushed_;
  pushed_ = pushed;
  reads_ = 0;
  if (driven_off > kReads / 4) {
    now_ = 0;
    return;
  }
  note_rate(now_ns);
  now_ = next();
}

void Pacing::note_rate(std::uint64_t now_ns) noexcept {
  constexpr std::uint64_t kNsInMs = 1'000'000;
  const std::uint64_t rate = std::max<std::uint64_t>(bytes_ * kNsInMs / std::max<std::uint64_t>(now_ns - begun_ns_, 1), 1);
  rates_[now_] = rates_[now_] == 0 ? rate : (3 * rates_[now_] + rate) / 4;
}

std::size_t Pacing::best() const noexcept {
  std::size_t best = 0;
  for (std::size_t i = 1; i < kCount; ++i)
    if (rates_[i] > rates_[best] + rates_[best] / 16) best = i;
  return best;
}

std::size_t Pacing::next() noexcept {
  for (std::size_t i = 0; i < kCount; ++i)
    if (rates_[i] == 0) return i;
  const std::size_t found = best();
  if (++measured_ % kTryAgain != 0) return found;
  do tried_ = (tried_ + 1) % kCount;
  while (tried_ == found);
  return tried_;
}

}  // namespace ptyd::host
