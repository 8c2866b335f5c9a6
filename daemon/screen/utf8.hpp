// UTF-8.
#pragma once

#include <string>
#include <string_view>

namespace ptyd::screen {

// Appends a character, which is a scalar value.
void append_utf8(std::string& out, char32_t character);
// Decodes the next character of `text` and takes it away; U+FFFD for what is not UTF-8. `text` is not empty.
char32_t take_utf8(std::string_view& text) noexcept;

// Bytes of the character that begins with `lead`; 0 if none does. Source: Unicode 16, table 3-7, as for the next two.
constexpr unsigned utf8_length(unsigned char lead) noexcept {
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  return lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

constexpr bool is_utf8_tail(unsigned char byte) noexcept { return (byte & 0xC0U) == 0x80; }

// Whether `byte` may come second after `lead`: neither overlong forms, nor surrogates, nor beyond U+10FFFF.
constexpr bool is_utf8_second(unsigned char lead, unsigned char byte) noexcept {
  switch (lead) {
    case 0xE0: return byte >= 0xA0 && byte <= 0xBF;
    case 0xED: return byte >= 0x80 && byte <= 0x9F;
    case 0xF0: return byte >= 0x90 && byte <= 0xBF;
    case 0xF4: return byte >= 0x80 && byte <= 0x8F;
    default: return is_utf8_tail(byte);
  }
}

}  // namespace ptyd::screen
