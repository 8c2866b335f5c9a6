#include "daemon/core/size_policy.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace ptyd {

void PrintTo(const WindowSize& size, std::ostream* out) {
  *out << size.cols << "x" << size.rows << " (" << size.x_pixels << "x" << size.y_pixels << ")";
}

namespace {

struct Case {
  const char* what;
  SizePolicy policy;
  std::vector<SizeVote> votes;
  std::optional<WindowSize> wanted;
};

TEST(SizePolicy, ResolvesVotes) {
  const SizeVote wide{{200, 20, 2000, 400}, 1};
  const SizeVote tall{{80, 60, 800, 1200}, 2};
  const SizeVote small{{70, 10, 700, 200}, 3};
  const std::vector<Case> cases{
      {"nobody votes, latest", SizePolicy::latest, {}, std::nullopt},
      {"nobody votes, smallest", SizePolicy::smallest, {}, std::nullopt},
      {"nobody votes, largest", SizePolicy::largest, {}, std::nullopt},
      {"manual ignores votes", SizePolicy::manual, {wide, tall}, std::nullopt},
      {"latest takes the greatest order", SizePolicy::latest, {tall, wide}, tall.size},
      {"latest, the other way round", SizePolicy::latest, {wide, tall}, tall.size},
      {"smallest of each dimension, no pixels", SizePolicy::smallest, {wide, tall}, WindowSize{80, 20, 0, 0}},
      {"largest of each dimension, no pixels", SizePolicy::largest, {wide, tall}, WindowSize{200, 60, 0, 0}},
      {"smallest that is one terminal keeps its pixels", SizePolicy::smallest, {wide, small, tall}, small.size},
      {"one vote, largest", SizePolicy::largest, {wide}, wide.size},
  };
  for (const auto& test : cases) EXPECT_EQ(resolve_size(test.policy, test.votes), test.wanted) << test.what;
}

TEST(SizePolicy, KnowsWhoDecides) {
  const SizeVote first{{80, 24}, 1};
  const SizeVote second{{80, 24}, 2};
  const struct {
    const char* what;
    SizePolicy policy;
    std::vector<SizeVote> votes;
    std::uint64_t order;
    bool decides;
  } cases[] = {
      {"alone, latest", SizePolicy::latest, {first}, 1, true},
      {"alone, smallest", SizePolicy::smallest, {first}, 1, true},
      {"alone, largest", SizePolicy::largest, {first}, 1, true},
      {"alone, manual", SizePolicy::manual, {first}, 1, false},
      {"nobody votes", SizePolicy::latest, {}, 1, false},
      {"only others vote", SizePolicy::latest, {first}, 2, false},
      {"the latest", SizePolicy::latest, {first, second}, 2, true},
      {"the latest, the other way round", SizePolicy::latest, {second, first}, 2, true},
      {"an older one", SizePolicy::latest, {first, second}, 1, false},
      {"one of two, smallest", SizePolicy::smallest, {first, second}, 2, false},
      {"one of two, largest", SizePolicy::largest, {first, second}, 2, false},
  };
  for (const auto& test : cases)
    EXPECT_EQ(decides_size(test.policy, test.votes, test.order), test.decides) << test.what;
}

TEST(SizePolicy, AcceptsSizesWithinTheBounds) {
  EXPECT_EQ(validate_size(1, 1, 0, 0).value(), (WindowSize{1, 1, 0, 0}));
  EXPECT_EQ(validate_size(10000, 10000, 65535, 65535).value(), (WindowSize{10000, 10000, 65535, 65535}));
}

TEST(SizePolicy, RefusesImpossibleSizes) {
  struct Size {
    std::uint32_t cols, rows, x, y;
  };
  for (const auto& size : {Size{0, 24, 0, 0}, Size{80, 0, 0, 0}, Size{10001, 24, 0, 0}, Size{80, 65537, 0, 0},
                           Size{80, 24, 65536, 0}, Size{80, 24, 0, 65536}, Size{~0u, ~0u, ~0u, ~0u}}) {
    const auto result = validate_size(size.cols, size.rows, size.x, size.y);
    ASSERT_FALSE(result) << size.cols << "x" << size.rows;
    EXPECT_EQ(result.error().code, errc::invalid_argument);
    EXPECT_EQ(result.error().subject, "size");
    EXPECT_FALSE(result.error().hint.empty());
  }
}

}  // namespace
}  // namespace ptyd
