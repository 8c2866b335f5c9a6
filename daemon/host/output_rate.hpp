// Whether a program writes more than anybody could read.
#pragma once

#include <cstdint>

namespace ptyd::host {

class OutputRate {
 public:
  // `bytes` were read at `now_ms`, of any clock. True: flooding() has changed.
  bool note(std::uint64_t bytes, std::uint64_t now_ms) noexcept;
  // As of the last full window.
  bool flooding() const noexcept { return flooding_; }

  static constexpr std::uint64_t kWindowMs = 16;
  static constexpr std::uint64_t kFloodBytes = 64 * 1024;  // in a window

 private:
  std::uint64_t begun_ms_ = 0;
  std::uint64_t bytes_ = 0;  // since then
  bool flooding_ = false;
};

}  // namespace ptyd::host
