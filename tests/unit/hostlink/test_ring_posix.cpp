#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <new>
#include <system_error>

#include "tests/unit/hostlink/test_ring.hpp"

namespace ptyd {

namespace {

void check(bool ok, const char* what) {
  if (!ok) throw std::system_error(errno, std::system_category(), what);
}

}  // namespace

UniqueHandle make_shared_memory(std::uint64_t bytes, [[maybe_unused]] bool sealed) {
#ifdef MFD_ALLOW_SEALING
  UniqueHandle memory(::memfd_create("test-ring", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  check(static_cast<bool>(memory), "memfd_create");
  check(::ftruncate(memory.fd(), static_cast<off_t>(bytes)) == 0, "ftruncate");
  if (sealed) check(::fcntl(memory.fd(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW) == 0, "F_ADD_SEALS");
#else
  char path[] = "/tmp/ptyd-test-ring-XXXXXX";
  UniqueHandle memory(::mkstemp(path));
  check(static_cast<bool>(memory), "mkstemp");
  ::unlink(path);
  check(::ftruncate(memory.fd(), static_cast<off_t>(bytes)) == 0, "ftruncate");
#endif
  return memory;
}

TestRing::TestRing() : handle_(make_shared_memory(host::kDataOffset + kCapacity)) {
  void* const memory =
      ::mmap(nullptr, host::kDataOffset + kCapacity, PROT_READ | PROT_WRITE, MAP_SHARED, handle_.fd(), 0);
  check(memory != MAP_FAILED, "mmap");
  header_ = new (memory) host::RingHeader{};
  make_ring(*header_);
}

TestRing::~TestRing() { ::munmap(header_, host::kDataOffset + kCapacity); }

}  // namespace ptyd
