// How many output bytes one attachment may still be sent.
#pragma once

#include <cstdint>

namespace ptyd {

class Credit {
 public:
  // Adds; stays at the greatest value when the sum would exceed it.
  void grant(std::uint64_t bytes) noexcept;
  std::uint64_t available() const noexcept { return available_; }
  // False, and nothing is spent, when there is less.
  [[nodiscard]] bool spend(std::uint64_t bytes) noexcept;

 private:
  std::uint64_t available_ = 0;
};

}  // namespace ptyd
