#include "client/format/display_width.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>

namespace ptyd {

namespace {

struct Range {
  std::uint32_t first;
  std::uint32_t last;
};

// The blocks of combining marks, and the variation selectors and joiners.
constexpr std::array kZeroWidth{
    Range{0x300, 0x36F},   Range{0x483, 0x489},     Range{0x591, 0x5BD},   Range{0x610, 0x61A},   Range{0x64B, 0x65F},
    Range{0x6D6, 0x6DC},   Range{0x730, 0x74A},     Range{0x900, 0x902},   Range{0x93C, 0x93C},   Range{0x941, 0x948},
    Range{0xE31, 0xE31},   Range{0xE34, 0xE3A},     Range{0xE47, 0xE4E},   Range{0x1AB0, 0x1AFF}, Range{0x1DC0, 0x1DFF},
    Range{0x200B, 0x200F}, Range{0x20D0, 0x20F0},   Range{0x302A, 0x302D}, Range{0x3099, 0x309A}, Range{0xFE00, 0xFE0F},
    Range{0xFE20, 0xFE2F}, Range{0xE0100, 0xE01EF},
};

// East Asian wide and full-width blocks, and the emoji that are shown wide.
constexpr std::array kWide{
    Range{0x1100, 0x115F},   Range{0x231A, 0x231B},   Range{0x2329, 0x232A},   Range{0x23E9, 0x23EC},
    Range{0x25FD, 0x25FE},   Range{0x2614, 0x2615},   Range{0x2648, 0x2653},   Range{0x26A1, 0x26A1},
    Range{0x2705, 0x2705},   Range{0x270A, 0x270B},   Range{0x2728, 0x2728},   Range{0x274C, 0x274C},
    Range{0x2753, 0x2755},   Range{0x2757, 0x2757},   Range{0x2795, 0x2797},   Range{0x2B1B, 0x2B1C},
    Range{0x2B50, 0x2B50},   Range{0x2E80, 0x303E},   Range{0x3041, 0x33FF},   Range{0x3400, 0x4DBF},
    Range{0x4E00, 0x9FFF},   Range{0xA000, 0xA4CF},   Range{0xA960, 0xA97C},   Range{0xAC00, 0xD7A3},
    Range{0xF900, 0xFAFF},   Range{0xFE30, 0xFE6F},   Range{0xFF00, 0xFF60},   Range{0xFFE0, 0xFFE6},
    Range{0x17000, 0x18CFF}, Range{0x1B000, 0x1B2FF}, Range{0x1F300, 0x1F64F}, Range{0x1F680, 0x1F6FF},
    Range{0x1F7E0, 0x1F7EB}, Range{0x1F900, 0x1F9FF}, Range{0x1FA70, 0x1FAFF}, Range{0x20000, 0x3FFFD},
};

template <std::size_t N>
bool contains(const std::array<Range, N>& ranges, std::uint32_t c) noexcept {
  const auto after =
      std::upper_bound(ranges.begin(), ranges.end(), c, [](std::uint32_t v, const Range& r) { return v < r.first; });
  return after != ranges.begin() && c <= std::prev(after)->last;
}

std::size_t sequence_length(unsigned char lead) noexcept {
  return lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
}

struct Glyph {
  std::size_t bytes;
  std::size_t columns;
};

Glyph first_glyph(std::string_view text) noexcept {
  const auto lead = static_cast<unsigned char>(text[0]);
  const std::size_t size = sequence_length(lead);
  if (size == 1 || size > text.size()) return {1, 1};
  std::uint32_t c = lead & (0x7Fu >> size);
  for (std::size_t i = 1; i < size; ++i) c = (c << 6) | (static_cast<unsigned char>(text[i]) & 0x3Fu);
  return {size, contains(kZeroWidth, c) ? std::size_t{0} : contains(kWide, c) ? std::size_t{2} : std::size_t{1}};
}

}  // namespace

std::size_t display_width(std::string_view text) noexcept {
  std::size_t columns = 0;
  while (!text.empty()) {
    const auto glyph = first_glyph(text);
    columns += glyph.columns;
    text.remove_prefix(glyph.bytes);
  }
  return columns;
}

std::string cut_to_width(std::string_view text, std::size_t columns) {
  if (display_width(text) <= columns) return std::string(text);
  if (columns == 0) return {};
  std::size_t bytes = 0;
  std::size_t used = 0;
  while (bytes < text.size()) {
    const auto glyph = first_glyph(text.substr(bytes));
    if (used + glyph.columns > columns - 1) break;
    used += glyph.columns;
    bytes += glyph.bytes;
  }
  return std::string(text.substr(0, bytes)) + "\u2026";
}

}  // namespace ptyd
