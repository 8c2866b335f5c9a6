#include "daemon/screen/zeroed_allocator.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "daemon/screen/cell.hpp"

namespace ptyd::screen {
namespace {

using Cells = std::vector<Cell, ZeroedAllocator<Cell>>;

// On both sides of the size from which on memory comes from the system.
TEST(ZeroedAllocator, GivesZeroesAlsoWhereOthersWereBefore) {
  for (const std::size_t size : {1, 80, 1000, 1023, 1024, 1025, 1920, 100'000}) {
    for (int times = 0; times < 3; ++times) {
      Cells cells(size);
      EXPECT_TRUE(std::all_of(cells.begin(), cells.end(), [](const Cell& cell) { return cell.blank(); })) << size;
      std::fill(cells.begin(), cells.end(), Cell{'x', 1, 1});
      Cells copy = cells;
      copy.resize(size * 2);
      EXPECT_EQ(copy[size - 1], cells.back());
      EXPECT_TRUE(copy[size].blank()) << size;
      cells = std::move(copy);
      EXPECT_EQ(cells.size(), size * 2);
    }
  }
}

}  // namespace
}  // namespace ptyd::screen
