#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>

#include "daemon/hostwire/ring_memory.hpp"

namespace ptyd {

namespace {

// Nobody may shorten the memory later: reading it would kill us then. Elsewhere than on Linux shared memory
// can't be made shorter once it has its size.
bool size_is_fixed([[maybe_unused]] int ring) {
#ifdef F_GET_SEALS
  const int seals = ::fcntl(ring, F_GET_SEALS);
  return seals >= 0 && (seals & F_SEAL_SHRINK) != 0;
#else
  return true;
#endif
}

}  // namespace

Result<RingMemory> map_ring(const UniqueHandle& ring, RingAccess access) {
  struct stat info {};
  if (::fstat(ring.fd(), &info) != 0) return os_error("look at the host's ring", errno);
  if (info.st_size < 0 || !is_ring_size(static_cast<std::uint64_t>(info.st_size)))
    return bad_ring("its size is not possible");
  if (!size_is_fixed(ring.fd())) return bad_ring("its size is not sealed");
  const auto size = static_cast<std::size_t>(info.st_size);
  const int protection = access == RingAccess::read ? PROT_READ : PROT_READ | PROT_WRITE;
  void* const memory = ::mmap(nullptr, size, protection, MAP_SHARED, ring.fd(), 0);
  if (memory == MAP_FAILED) return os_error("map the host's ring", errno);
#ifdef MADV_DONTDUMP
  // It holds what was on the screen.
  ::madvise(memory, size, MADV_DONTDUMP);
#endif
  return RingMemory{memory, size};
}

void unmap_ring(const RingMemory& memory) noexcept { ::munmap(memory.start, memory.bytes); }

}  // namespace ptyd
