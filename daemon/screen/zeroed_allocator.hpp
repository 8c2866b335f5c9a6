// Memory that is zero from the start.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <limits>
#include <new>
#include <type_traits>
#include <utility>

#include "daemon/screen/zeroed_memory.hpp"

namespace ptyd::screen {

// An allocator for types whose zero bytes are their default value. Of a vector that is larger than a few pages, only
// those cost memory that were written to.
template <class T>
struct ZeroedAllocator {
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);
  using value_type = T;
  // Bytes from which on a vector has pages of its own. Not where bounds are checked: those of malloc() are known.
#ifdef PTYD_CHECKS_BOUNDS
  static constexpr std::size_t kMapped = std::numeric_limits<std::size_t>::max();
#else
  static constexpr std::size_t kMapped = std::size_t{8} * 1024;
#endif

  ZeroedAllocator() = default;
  template <class U>
  explicit constexpr ZeroedAllocator(const ZeroedAllocator<U>& /*other*/) noexcept {}

  T* allocate(std::size_t count) {
    if (count > std::numeric_limits<std::size_t>::max() / sizeof(T)) throw std::bad_array_new_length();
    if (count * sizeof(T) >= kMapped) return static_cast<T*>(map_zeroes(count * sizeof(T)));
    void* memory = std::calloc(count, sizeof(T));
    if (memory == nullptr) throw std::bad_alloc();
    return static_cast<T*>(memory);
  }
  void deallocate(T* memory, std::size_t count) noexcept {
    if (count * sizeof(T) >= kMapped) return unmap_zeroes(memory, count * sizeof(T));
    std::free(memory);
  }
  template <class U, class... Arguments>
  void construct(U* at, Arguments&&... arguments) {
    if constexpr (sizeof...(Arguments) > 0) ::new (static_cast<void*>(at)) U(std::forward<Arguments>(arguments)...);
  }
  bool operator==(const ZeroedAllocator&) const = default;
};

}  // namespace ptyd::screen
