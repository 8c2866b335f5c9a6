#include "daemon/screen/charset.hpp"

#include <array>

namespace ptyd::screen {
namespace {

constexpr unsigned char kFirstGraphic = 0x5F;

// DEC Special Graphic, 0x5f to 0x7e. Source: VT510 reference manual, chapter 7.
constexpr std::array<char16_t, 32> kGraphics{
    u' ',      u'\u25c6', u'\u2592', u'\u2409', u'\u240c', u'\u240d', u'\u240a', u'\u00b0',
    u'\u00b1', u'\u2424', u'\u240b', u'\u2518', u'\u2510', u'\u250c', u'\u2514', u'\u253c',
    u'\u23ba', u'\u23bb', u'\u2500', u'\u23bc', u'\u23bd', u'\u251c', u'\u2524', u'\u2534',
    u'\u252c', u'\u2502', u'\u2264', u'\u2265', u'\u03c0', u'\u2260', u'\u00a3', u'\u00b7'};

}  // namespace

char32_t translate(Charset charset, unsigned char byte) noexcept {
  if (charset == Charset::graphics && byte >= kFirstGraphic && byte < kFirstGraphic + kGraphics.size())
    return kGraphics[static_cast<std::size_t>(byte - kFirstGraphic)];
  if (charset == Charset::british && byte == '#') return U'\u00a3';
  return byte;
}

Charset charset_of(char final) noexcept {
  switch (final) {
    case '0': return Charset::graphics;
    case 'A': return Charset::british;
    default: return Charset::ascii;
  }
}

}  // namespace ptyd::screen
