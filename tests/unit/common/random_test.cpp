#include "common/random.hpp"

#include <gtest/gtest.h>

#include <set>

namespace ptyd {
namespace {

// A byte that was the same in all of 64 would be so by chance once in 10^151 times.
TEST(Random, EachByteIsAnotherOneEachTime) {
  constexpr int kTimes = 64;
  std::set<std::array<std::uint8_t, 16>> names;
  std::array<std::set<std::uint8_t>, 16> values;
  for (int i = 0; i < kTimes; ++i) {
    const auto name = random_bytes16();
    names.insert(name);
    for (std::size_t at = 0; at < name.size(); ++at) values[at].insert(name[at]);
  }
  EXPECT_EQ(names.size(), std::size_t{kTimes});
  for (std::size_t at = 0; at < values.size(); ++at) EXPECT_GT(values[at].size(), 1U) << at;
}

}  // namespace
}  // namespace ptyd
