#include "daemon/core/floor_return.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace ptyd {
namespace {

TEST(FloorReturn, WaitsForEachOfThoseThatWereThere) {
  struct Case {
    const char* what;
    std::vector<std::uint64_t> found;
    std::uint32_t count;
    std::vector<std::uint64_t> back;
    std::uint32_t missing;
  };
  const std::vector<Case> cases{
      {"nobody was there", {}, 0, {}, 0},
      {"nobody is back", {5, 6}, 2, {}, 2},
      {"one is back", {5, 6}, 2, {6}, 1},
      {"all are back", {5, 6}, 2, {6, 5}, 0},
      {"one comes twice", {5, 6}, 2, {5, 5}, 1},
      {"somebody else comes", {5}, 1, {7}, 1},
      {"somebody without a name comes", {5}, 1, {0}, 1},
      {"one had no name", {5}, 2, {5, 7}, 1},
      {"one had no name, and both are back", {5}, 2, {5, 0}, 0},
      {"no names were told", {}, 2, {5, 6}, 2},
      {"nobody had a name", {}, 2, {0, 0, 0}, 0},
      {"the count was not raised yet", {5, 6}, 1, {5}, 1},
      {"two had the same name", {5, 5}, 2, {5}, 0},
  };
  for (const auto& test : cases) {
    FloorReturn missing(test.found, test.count);
    for (const auto name : test.back) missing.came_back(name);
    EXPECT_EQ(missing.count(), test.missing) << test.what;
    EXPECT_EQ(missing.all_back(), test.missing == 0) << test.what;
    missing.give_up();
    EXPECT_TRUE(missing.all_back()) << test.what;
  }
}

TEST(FloorReturn, NamesThoseWhoAreMissing) {
  const std::vector<std::uint64_t> found{9, 3, 5};
  FloorReturn missing(found, 4);
  missing.came_back(5);
  EXPECT_EQ(missing.names(), (std::vector<std::uint64_t>{3, 9}));
  EXPECT_EQ(missing.count(), 3u);
}

}  // namespace
}  // namespace ptyd
