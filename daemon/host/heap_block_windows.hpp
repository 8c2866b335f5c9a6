// Memory for a while. Windows only.
#pragma once

#include <windows.h>

namespace ptyd::host {

template <class Unit>
class HeapBlock {
 public:
  // Zeroed. Null when there is none.
  explicit HeapBlock(std::size_t count) noexcept
      : memory_(static_cast<Unit*>(::HeapAlloc(::GetProcessHeap(), HEAP_ZERO_MEMORY, count * sizeof(Unit)))) {}
  ~HeapBlock() {
    if (memory_ != nullptr) ::HeapFree(::GetProcessHeap(), 0, memory_);
  }
  HeapBlock(const HeapBlock&) = delete;
  HeapBlock& operator=(const HeapBlock&) = delete;
  Unit* get() const noexcept { return memory_; }

 private:
  Unit* memory_;
};

}  // namespace ptyd::host
