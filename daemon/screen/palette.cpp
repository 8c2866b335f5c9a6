// The 256 colours as xterm has them at first.
#include <array>

#include "daemon/screen/views.hpp"

namespace ptyd::screen {

namespace {

constexpr std::array<std::uint32_t, 16> kAnsi{0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd,
                                              0x00cdcd, 0xe5e5e5, 0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00,
                                              0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff};

// xterm's 256colres.h: 216 colours in a cube of six levels, then 24 greys.
constexpr std::uint32_t cube_level(std::uint32_t step) { return step == 0 ? 0 : 55 + 40 * step; }

constexpr std::uint32_t extended(std::uint32_t index) {
  if (index >= 232) return (8 + 10 * (index - 232)) * 0x010101;
  const auto at = index - 16;
  return cube_level(at / 36) << 16 | cube_level(at / 6 % 6) << 8 | cube_level(at % 6);
}

}  // namespace

std::uint32_t palette_color(const Palette& palette, std::uint8_t index) noexcept {
  if (const auto changed = palette.indexed.find(index); changed != palette.indexed.end()) return changed->second;
  return index < kAnsi.size() ? kAnsi[index] : extended(index);
}

}  // namespace ptyd::screen
