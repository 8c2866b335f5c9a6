#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <bit>
#include <cerrno>

#include "daemon/hostlink/ring_view.hpp"

namespace ptyd {

namespace {

Error bad_ring(const char* why) {
  Error error;
  error.code = errc::malformed;
  error.message = std::string("the host's ring can't be used: ") + why;
  error.hint = "the host is of another build or damaged: end the session and start it anew";
  return error;
}

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

const char* problem_of(const host::RingHeader& header, std::uint64_t capacity, std::size_t mapped) {
  if (header.magic != host::kRingMagic) return "it is no ring";
  if (header.version != host::kProtocolVersion) return "its version is unknown";
  if (header.data_offset != host::kDataOffset) return "its data is not where it should be";
  if (!std::has_single_bit(capacity) || capacity < host::kMinRing || capacity > host::kMaxRing)
    return "its capacity is not a power of two between 64 KiB and 1 GiB";
  return capacity > mapped - host::kDataOffset ? "it is shorter than its capacity" : nullptr;
}

}  // namespace

Result<RingView> RingView::map(const UniqueHandle& ring) {
  // Where sizes are rounded up to whole pages.
  constexpr std::uint64_t kMaxPage = 64 * 1024;
  struct stat info {};
  if (::fstat(ring.fd(), &info) != 0) return os_error("look at the host's ring", errno);
  const auto bytes = static_cast<std::uint64_t>(info.st_size);
  if (info.st_size < 0 || bytes < host::kDataOffset + host::kMinRing ||
      bytes > host::kDataOffset + host::kMaxRing + kMaxPage)
    return bad_ring("its size is not possible");
  if (!size_is_fixed(ring.fd())) return bad_ring("its size is not sealed");
  const auto size = static_cast<std::size_t>(bytes);
  void* const memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, ring.fd(), 0);
  if (memory == MAP_FAILED) return os_error("map the host's ring", errno);
#ifdef MADV_DONTDUMP
  // It holds what was on the screen.
  ::madvise(memory, size, MADV_DONTDUMP);
#endif
  auto* const header = static_cast<host::RingHeader*>(memory);
  const std::uint64_t capacity = header->capacity;  // read once: it may change under us
  RingView view(header, size, capacity);
  if (const char* const problem = problem_of(*header, capacity, size)) return bad_ring(problem);
  return view;
}

RingView::RingView(RingView&& other) noexcept
    : header_(std::exchange(other.header_, nullptr)),
      mapped_bytes_(std::exchange(other.mapped_bytes_, 0)),
      capacity_(other.capacity_),
      highest_head_(other.highest_head_.load()) {}

RingView& RingView::operator=(RingView&& other) noexcept {
  std::swap(header_, other.header_);
  std::swap(mapped_bytes_, other.mapped_bytes_);
  std::swap(capacity_, other.capacity_);
  other.highest_head_.store(highest_head_.exchange(other.highest_head_.load()));
  return *this;
}

RingView::~RingView() {
  if (header_ != nullptr) ::munmap(header_, mapped_bytes_);
}

}  // namespace ptyd
