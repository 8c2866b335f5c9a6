// Looks as colours that can be painted, for views that are pictures.
#pragma once

#include <cstdint>
#include <string>

#include "daemon/screen/terminal.hpp"

namespace ptyd::screen {

// 0xRRGGBB of what has no colour of its own; reverse video is in it.
struct PageColors {
  std::uint32_t foreground = 0;
  std::uint32_t background = 0;
  std::uint32_t cursor = 0;
};
PageColors page_colors(const State& state) noexcept;

struct Paint {
  std::uint32_t foreground = 0;
  std::uint32_t background = 0;
  std::uint32_t underline = 0;
};
// Inverse, dim and concealed text are in the colours: dim is nearer to the background, concealed text has its colour.
Paint paint_of(const Style& style, const Palette& palette, const PageColors& page) noexcept;

// "#rrggbb".
std::string hex_color(std::uint32_t color);

}  // namespace ptyd::screen
