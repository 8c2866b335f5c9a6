#include "common/handle_windows.hpp"
#include "daemon/hostwire/ring_memory.hpp"

namespace ptyd {

// A section can't be made shorter. What it only reserves could not be read.
Result<RingMemory> map_ring(const UniqueHandle& ring, RingAccess access) {
  const DWORD wanted = access == RingAccess::read ? FILE_MAP_READ : FILE_MAP_READ | FILE_MAP_WRITE;
  void* const memory = ::MapViewOfFile(handle_of(ring), wanted, 0, 0, 0);
  if (memory == nullptr) return os_error("map the host's ring", last_error());
  MEMORY_BASIC_INFORMATION about{};
  const bool known = ::VirtualQuery(memory, &about, sizeof about) != 0;
  if (known && about.State == MEM_COMMIT && is_ring_size(about.RegionSize)) return RingMemory{memory, about.RegionSize};
  ::UnmapViewOfFile(memory);
  return bad_ring("its size is not possible");
}

void unmap_ring(const RingMemory& memory) noexcept { ::UnmapViewOfFile(memory.start); }

}  // namespace ptyd
