#include <windows.h>

#include <new>

#include "daemon/screen/zeroed_memory.hpp"

namespace ptyd::screen {

void* map_zeroes(std::size_t bytes) {
  void* const memory = ::VirtualAlloc(nullptr, bytes, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

void unmap_zeroes(void* memory, std::size_t /*bytes*/) noexcept { ::VirtualFree(memory, 0, MEM_RELEASE); }

}  // namespace ptyd::screen
