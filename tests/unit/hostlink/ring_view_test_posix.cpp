#include <gtest/gtest.h>
#include <unistd.h>

#include "daemon/hostwire/ring_view.hpp"
#include "tests/unit/hostlink/test_ring.hpp"

namespace ptyd {
namespace {

TEST(RingView, RefusesMemoryThatCouldMakeUsFault) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const UniqueHandle reader(ends[0]);
  const UniqueHandle writer(ends[1]);
  EXPECT_FALSE(RingView::map(reader));
  EXPECT_FALSE(RingView::map(UniqueHandle()));
  EXPECT_FALSE(RingView::map(make_shared_memory(0)));
  EXPECT_FALSE(RingView::map(make_shared_memory(host::kDataOffset + TestRing::kCapacity - 1)));
#ifdef __linux__
  EXPECT_FALSE(RingView::map(make_shared_memory(host::kDataOffset + TestRing::kCapacity, false)))
      << "it could be shortened";
#endif
}

}  // namespace
}  // namespace ptyd
