// Which size a session has when several terminals look at it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "common/error.hpp"

namespace ptyd {

enum class SizePolicy : std::uint8_t {
  latest,    // the terminal that attached, typed or resized last
  smallest,  // the smallest columns and rows of all
  largest,
  manual,  // no terminal: only a resize request
};

struct WindowSize {
  std::uint16_t cols = 0;
  std::uint16_t rows = 0;
  std::uint16_t x_pixels = 0;  // of the whole window, 0 when unknown
  std::uint16_t y_pixels = 0;
  bool operator==(const WindowSize&) const = default;
};

// What one attached terminal wants. A greater `order` attached, typed or resized later.
struct SizeVote {
  WindowSize size;
  std::uint64_t order = 0;
};

// The size the session should have; nothing when it should keep what it has: nobody votes, or the policy
// is manual. A size that is put together from several terminals has no pixels.
std::optional<WindowSize> resolve_size(SizePolicy policy, std::span<const SizeVote> votes);

// Whether the session has whatever size the terminal with `order` wants, as long as nobody else attaches, types or
// resizes.
bool decides_size(SizePolicy policy, std::span<const SizeVote> votes, std::uint64_t order);

// Errors: invalid_argument, its subject "size", unless columns and rows are 1..10000 and pixels at most 65535.
Result<WindowSize> validate_size(std::uint32_t cols, std::uint32_t rows, std::uint32_t x_pixels,
                                 std::uint32_t y_pixels);

}  // namespace ptyd
