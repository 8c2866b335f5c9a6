#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <new>

#include "daemon/host/custody.hpp"

namespace ptyd::host {

namespace {

bool find_number(const char* text, const char* name, std::uint64_t& number) noexcept {
  const char* const found = std::strstr(text, name);
  if (found == nullptr) return false;
  const char* const at = found + std::strlen(name);
  return std::from_chars(at, at + std::strlen(at), number).ec == std::errc();
}

// As they are once this call is over: it is counted, too, as `own` bytes read.
bool read_counts(int file, IoCounts& counts, std::uint64_t& own) noexcept {
  char text[512];
  const ssize_t got = ::pread(file, text, sizeof text - 1, 0);
  if (got <= 0) return false;
  text[got] = 0;
  if (!find_number(text, "rchar: ", counts.read) || !find_number(text, "wchar: ", counts.written)) return false;
  own = static_cast<std::uint64_t>(got);
  counts.read += own;
  return true;
}

}  // namespace

int Custody::create() {
  counts_.reset(::open("/proc/self/io", O_RDONLY | O_CLOEXEC));
  IoCounts counts;
  std::uint64_t own = 0;
  if (!counts_ || !read_counts(counts_.fd(), counts, own)) return ENOSYS;
  file_ = create_shared_memory(sizeof(CustodyMemory));
  if (!file_) return errno;
  void* const mapped = ::mmap(nullptr, sizeof(CustodyMemory), PROT_READ | PROT_WRITE, MAP_SHARED, file_.fd(), 0);
  if (mapped == MAP_FAILED) return errno;
  keep_out_of_dumps(mapped, sizeof(CustodyMemory));
  // Zeroed memory, which is used page by page: only what is not zero is written.
  memory_ = static_cast<CustodyMemory*>(mapped);
  memory_->version = kCustodyVersion;
  return 0;
}

int Custody::adopt(Descriptor memory) {
  counts_.reset(::open("/proc/self/io", O_RDONLY | O_CLOEXEC));
  struct stat about {};
  // What an older release left is a little shorter, and ends in the same page: what is behind reads as zero.
  constexpr off_t kLeast = offsetof(CustodyMemory, input) + offsetof(InputMemory, data) + kInputWindow;
  static_assert(sizeof(CustodyMemory) <= (kLeast + 4095) / 4096 * 4096);
  if (!counts_ || ::fstat(memory.fd(), &about) != 0 || about.st_size < kLeast) return EINVAL;
  void* const mapped = ::mmap(nullptr, sizeof(CustodyMemory), PROT_READ | PROT_WRITE, MAP_SHARED, memory.fd(), 0);
  if (mapped == MAP_FAILED) return errno;
  keep_out_of_dumps(mapped, sizeof(CustodyMemory));
  memory_ = static_cast<CustodyMemory*>(mapped);
  file_ = static_cast<Descriptor&&>(memory);
  return 0;
}

void Custody::keep(bool on) noexcept {
  kept_ = on && memory_ != nullptr;
  // Nobody can go on with what is not kept.
  if (memory_ != nullptr) memory_->magic.store(kept_ ? kCustodyMagic : 0);
  other_reads_ = ~std::uint64_t{0};  // read the counts before they are needed
}

void Custody::renew(std::uint64_t head) noexcept {
  IoCounts counts;
  std::uint64_t own = 0;
  const std::uint64_t others = other_writes();
  if (!read_counts(counts_.fd(), counts, own)) {
    // It could be read before. With origins that can't be right the next one tells that output may be missing.
    counts.read = head + (std::uint64_t{1} << 63);
  }
  other_reads_ = other_reads();
  other_writes_ = others;
  written_ = counts.written;
  memory_->read_origin.store(counts.read - head);
}

#ifdef PTYD_TEST_HOOKS
// Whatever else this process reads or writes is found by a test that asks for this.
void Custody::check(std::uint64_t head) noexcept {
  static const bool wanted = std::getenv("PTYD_TEST_COUNTS") != nullptr;
  IoCounts counts;
  std::uint64_t own = 0;
  if (!wanted || disturbed() || !read_counts(counts_.fd(), counts, own)) return;
  const bool reads = counts.read - own - head == memory_->read_origin.load();
  const bool writes = counts.written == written_ + (other_writes() - other_writes_);
  if (!reads || !writes) std::abort();
  renew(head);
}
#endif

void Custody::before_write(std::uint64_t head, std::size_t bytes, bool guest) noexcept {
  if (!kept_) return;
  check(head);
  if (disturbed()) renew(head);
  const std::uint64_t so_far = written_ + (other_writes() - other_writes_);
  memory_->write_origin.store(so_far - memory_->input.all_written());
  memory_->input.guest_writing.store(guest ? 1 : 0);
  memory_->writing.store(static_cast<std::uint32_t>(bytes), std::memory_order_release);
}

void Custody::after_write(std::size_t bytes) noexcept {
  if (!kept_) return;
  written_ += bytes;
  memory_->writing.store(0, std::memory_order_release);
}

}  // namespace ptyd::host
