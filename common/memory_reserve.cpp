#include "common/memory_reserve.hpp"

#include <atomic>
#include <cstdlib>
#include <new>

namespace ptyd::memory_reserve {

namespace {

std::atomic<void*> reserve{nullptr};
std::size_t reserve_bytes = 0;

void give_up() {
  void* const kept = reserve.exchange(nullptr);
  if (kept == nullptr) throw std::bad_alloc();
  std::free(kept);
}

}  // namespace

void install(std::size_t bytes) noexcept {
  reserve_bytes = bytes;
  reserve = std::malloc(bytes);
  std::set_new_handler(give_up);
}

bool held() noexcept { return reserve.load() != nullptr; }

bool take_back() noexcept {
  if (held()) return false;
  reserve = std::malloc(reserve_bytes);
  return held();
}

}  // namespace ptyd::memory_reserve
