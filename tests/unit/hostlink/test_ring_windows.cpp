#include <new>
#include <stdexcept>

#include "common/handle_windows.hpp"
#include "tests/unit/hostlink/test_ring.hpp"

namespace ptyd {

UniqueHandle make_shared_memory(std::uint64_t bytes, bool) {
  auto section = own_handle(::CreateFileMappingW(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE,
                                                 static_cast<DWORD>(bytes >> 32), static_cast<DWORD>(bytes), nullptr));
  if (!section) throw std::runtime_error("CreateFileMapping");
  return section;
}

TestRing::TestRing() : handle_(make_shared_memory(host::kDataOffset + kCapacity)) {
  void* const memory = ::MapViewOfFile(handle_of(handle_), FILE_MAP_READ | FILE_MAP_WRITE, 0, 0, 0);
  if (memory == nullptr) throw std::runtime_error("MapViewOfFile");
  header_ = new (memory) host::RingHeader{};
  make_ring(*header_);
}

TestRing::~TestRing() { ::UnmapViewOfFile(header_); }

}  // namespace ptyd
