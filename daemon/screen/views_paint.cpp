#include "daemon/screen/views_paint.hpp"

#include <utility>

#include "daemon/screen/views.hpp"

namespace ptyd::screen {

namespace {

constexpr std::uint32_t kForeground = 0xe5e5e5;
constexpr std::uint32_t kBackground = 0x000000;

std::uint32_t resolve(const Color& color, const Palette& palette, std::uint32_t otherwise) noexcept {
  if (color.is_default()) return otherwise;
  return color.is_indexed() ? palette_color(palette, color.index()) : color.value() & 0xffffff;
}

// Two thirds of the one, one third of the other.
std::uint32_t mix(std::uint32_t color, std::uint32_t other) noexcept {
  std::uint32_t out = 0;
  for (const int shift : {16, 8, 0}) out |= ((color >> shift & 0xff) * 2 + (other >> shift & 0xff)) / 3 << shift;
  return out;
}

}  // namespace

PageColors page_colors(const State& state) noexcept {
  PageColors page;
  page.foreground = state.palette.foreground.value_or(kForeground);
  page.background = state.palette.background.value_or(kBackground);
  if (state.on(Mode::reverse_video)) std::swap(page.foreground, page.background);
  page.cursor = state.palette.cursor.value_or(page.foreground);
  return page;
}

Paint paint_of(const Style& style, const Palette& palette, const PageColors& page) noexcept {
  Paint paint;
  paint.foreground = resolve(style.foreground, palette, page.foreground);
  paint.background = resolve(style.background, palette, page.background);
  if (style.has(Style::kInverse)) std::swap(paint.foreground, paint.background);
  if (style.has(Style::kDim)) paint.foreground = mix(paint.foreground, paint.background);
  if (style.has(Style::kConceal)) paint.foreground = paint.background;
  paint.underline =
      style.has(Style::kConceal) ? paint.background : resolve(style.underline_color, palette, paint.foreground);
  return paint;
}

std::string hex_color(std::uint32_t color) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out = "#";
  for (int shift = 20; shift >= 0; shift -= 4) out += kDigits[color >> shift & 15];
  return out;
}

}  // namespace ptyd::screen
