// Colours as programs write them in OSC 4 and 10 to 12.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ptyd::screen {

// What a terminal without a window takes for its own colours, 0xRRGGBB: light on dark.
inline constexpr std::uint32_t kDefaultForeground = 0xe5e5e5;
inline constexpr std::uint32_t kDefaultBackground = 0x000000;

// "rgb:h/h/h" to "rgb:hhhh/hhhh/hhhh" (scaled), "#rgb", "#rrggbb", "#rrrgggbbb" and "#rrrrggggbbbb" (the most
// significant bits), as 0xRRGGBB. No names. Source: XParseColor(3).
std::optional<std::uint32_t> parse_color(std::string_view text) noexcept;
// "rgb:rrrr/gggg/bbbb"
std::string color_text(std::uint32_t color);

}  // namespace ptyd::screen
