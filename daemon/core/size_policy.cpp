#include "daemon/core/size_policy.hpp"

#include <algorithm>
#include <limits>
#include <string>

#include "common/quantity.hpp"

namespace ptyd {

namespace {

// Per dimension, so that a wide and a tall terminal both fit (smallest) or are both filled (largest).
template <class Choose>
WindowSize combine(std::span<const SizeVote> votes, Choose choose) {
  WindowSize size;
  size.cols = votes.front().size.cols;
  size.rows = votes.front().size.rows;
  for (const auto& vote : votes) {
    size.cols = choose(size.cols, vote.size.cols);
    size.rows = choose(size.rows, vote.size.rows);
  }
  for (const auto& vote : votes)
    if (vote.size.cols == size.cols && vote.size.rows == size.rows) return vote.size;
  return size;
}

}  // namespace

std::optional<WindowSize> resolve_size(SizePolicy policy, std::span<const SizeVote> votes) {
  if (votes.empty()) return std::nullopt;
  const auto smaller = [](std::uint16_t a, std::uint16_t b) { return std::min(a, b); };
  const auto larger = [](std::uint16_t a, std::uint16_t b) { return std::max(a, b); };
  switch (policy) {
    case SizePolicy::manual: return std::nullopt;
    case SizePolicy::smallest: return combine(votes, smaller);
    case SizePolicy::largest: return combine(votes, larger);
    case SizePolicy::latest: break;
  }
  const auto newest = std::max_element(votes.begin(), votes.end(),
                                       [](const SizeVote& a, const SizeVote& b) { return a.order < b.order; });
  return newest->size;
}

bool decides_size(SizePolicy policy, std::span<const SizeVote> votes, std::uint64_t order) {
  const auto is_it = [order](const SizeVote& vote) { return vote.order == order; };
  const auto is_older = [order](const SizeVote& vote) { return vote.order <= order; };
  if (policy == SizePolicy::manual || std::none_of(votes.begin(), votes.end(), is_it)) return false;
  return votes.size() == 1 || (policy == SizePolicy::latest && std::all_of(votes.begin(), votes.end(), is_older));
}

Result<WindowSize> validate_size(std::uint32_t cols, std::uint32_t rows, std::uint32_t x_pixels,
                                 std::uint32_t y_pixels) {
  constexpr std::uint32_t kMaxPixels = std::numeric_limits<std::uint16_t>::max();
  const bool fits = cols >= 1 && cols <= kMaxCols && rows >= 1 && rows <= kMaxCols;
  if (!fits || x_pixels > kMaxPixels || y_pixels > kMaxPixels) {
    Error error{errc::invalid_argument,
                "size " + std::to_string(cols) + "x" + std::to_string(rows) + " is not possible"};
    if (fits) error.message = "a window of more than 65535 pixels is not possible";
    error.hint = "columns and rows may be 1 to " + std::to_string(kMaxCols) + ", pixels 0 to 65535";
    error.subject = "size";
    return error;
  }
  const auto narrow = [](std::uint32_t value) { return static_cast<std::uint16_t>(value); };
  return WindowSize{narrow(cols), narrow(rows), narrow(x_pixels), narrow(y_pixels)};
}

}  // namespace ptyd
