#include <sys/mman.h>

#include <new>

#include "daemon/screen/zeroed_memory.hpp"

namespace ptyd::screen {

void* map_zeroes(std::size_t bytes) {
  void* const memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  return memory;
}

void unmap_zeroes(void* memory, std::size_t bytes) noexcept { ::munmap(memory, bytes); }

}  // namespace ptyd::screen
