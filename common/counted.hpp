// How many there are of something.
#pragma once

#include <concepts>

namespace ptyd {

// Counts itself in `count`, which outlives it.
template <std::integral Number>
class Counted {
 public:
  explicit Counted(Number& count) noexcept : count_(count) { ++count_; }
  ~Counted() { --count_; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;

 private:
  Number& count_;
};

}  // namespace ptyd
