// The DEC private modes of the outer terminal that ptyctl looks after.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace ptyd {

struct PrivateMode {
  // What a terminal begins with. `own`: that differs, so that only what XTSAVE kept can be put back.
  enum class AtFirst : std::uint8_t { off, on, own };
  std::uint16_t number;
  AtFirst at_first;
  bool saved = true;  // by XTSAVE, which is wrong for those whose restoring does more than that
};

inline constexpr std::size_t kMaxPrivateModes = 96;
inline constexpr std::uint16_t kVt52Mode = 2;
inline constexpr std::uint16_t kOriginMode = 6;
inline constexpr std::uint16_t kSideMarginMode = 69;

// In the order in which they are put right; at most kMaxPrivateModes.
std::span<const PrivateMode> private_modes() noexcept;
// Its place in private_modes().
std::optional<std::size_t> index_of_private_mode(unsigned number) noexcept;

}  // namespace ptyd
