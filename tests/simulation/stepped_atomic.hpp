// std::atomic for the host in the simulation: before each look and each store is a step, at which others go on, or it
// dies.
#pragma once

#include <atomic>

#include "tests/simulation/fiber.hpp"

namespace ptyd::simulation {

template <class T>
class SteppedAtomic {
 public:
  static constexpr bool is_always_lock_free = std::atomic<T>::is_always_lock_free;

  SteppedAtomic() noexcept = default;
  SteppedAtomic(T value) noexcept : value_(value) {}  // NOLINT: as std::atomic

  T load(std::memory_order order = std::memory_order_seq_cst) const noexcept {
    Fiber::step();
    return value_.load(order);
  }
  void store(T value, std::memory_order order = std::memory_order_seq_cst) noexcept {
    Fiber::step();
    value_.store(value, order);
  }
  T exchange(T value) noexcept {
    Fiber::step();
    return value_.exchange(value);
  }
  T fetch_add(T value) noexcept {
    Fiber::step();
    return value_.fetch_add(value);
  }

 private:
  std::atomic<T> value_;
};

}  // namespace ptyd::simulation
