// The shared memory below a RingView. Private to this folder.
#pragma once

#include <cstddef>
#include <cstdint>

#include "common/error.hpp"
#include "common/unique_handle.hpp"
#include "daemon/hostwire/ring_view.hpp"

namespace ptyd {

struct RingMemory {
  void* start = nullptr;
  std::size_t bytes = 0;
};

// Maps all of `ring`, whose size nobody can change any more. Errors: malformed when it is of no possible size or could
// be made shorter.
Result<RingMemory> map_ring(const UniqueHandle& ring, RingAccess access);
void unmap_ring(const RingMemory& memory) noexcept;

// Whether a ring with a page more than it needs may have this size.
bool is_ring_size(std::uint64_t bytes) noexcept;
// What a host sent that is no ring.
Error bad_ring(const char* why);

}  // namespace ptyd
