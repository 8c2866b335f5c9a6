#include <gtest/gtest.h>

#include "common/handle_windows.hpp"
#include "daemon/hostwire/ring_view.hpp"
#include "tests/unit/hostlink/test_ring.hpp"

namespace ptyd {
namespace {

constexpr std::uint64_t kBytes = host::kDataOffset + TestRing::kCapacity;

TEST(RingView, RefusesMemoryThatCouldMakeUsFault) {
  const auto event = own_handle(::CreateEventW(nullptr, FALSE, FALSE, nullptr));
  EXPECT_FALSE(RingView::map(event));
  EXPECT_FALSE(RingView::map(make_shared_memory(kBytes - 4096)));
  const auto reserved = own_handle(::CreateFileMappingW(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE | SEC_RESERVE, 0,
                                                        static_cast<DWORD>(kBytes), nullptr));
  ASSERT_TRUE(reserved);
  EXPECT_FALSE(RingView::map(reserved));
}

// The daemon writes into it as well.
TEST(RingView, RefusesMemoryThatItMayNotWrite) {
  const TestRing ring;
  HANDLE readable = nullptr;
  ASSERT_NE(::DuplicateHandle(::GetCurrentProcess(), handle_of(ring.handle()), ::GetCurrentProcess(), &readable,
                              FILE_MAP_READ, FALSE, 0),
            0);
  EXPECT_FALSE(RingView::map(own_handle(readable)));
}

}  // namespace
}  // namespace ptyd
