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

// Decodes the character at `p`, whose lead is no ASCII. Returns its length; 0: it is not whole, or no UTF-8.
inline unsigned whole_character(const char* p, const char* end, char32_t& character) noexcept {
  const auto byte = [p](int at) { return static_cast<unsigned>(static_cast<unsigned char>(p[at])); };
  const unsigned lead = byte(0);
  const auto left = end - p;
  if (lead >= 0xE0 && lead <= 0xEF && left >= 3) {
    const unsigned second = byte(1) ^ 0x80U;
    const unsigned third = byte(2) ^ 0x80U;
    character = (lead & 0x0FU) << 12U | second << 6U | third;
    return (second | third) < 0x40 && character >= 0x800 && (character < 0xD800 || character > 0xDFFF) ? 3 : 0;
  }
  if (lead >= 0xC2 && lead <= 0xDF && left >= 2) {
    const unsigned second = byte(1) ^ 0x80U;
    character = (lead & 0x1FU) << 6U | second;
    return second < 0x40 ? 2 : 0;
  }
  if (lead >= 0xF0 && left >= 4) {
    const unsigned second = byte(1) ^ 0x80U;
    const unsigned third = byte(2) ^ 0x80U;
    const unsigned fourth = byte(3) ^ 0x80U;
    character = (lead & 0x0FU) << 18U | second << 12U | third << 6U | fourth;
    return (second | third | fourth) < 0x40 && character >= 0x10000 && character <= 0x10FFFF ? 4 : 0;
  }
  return 0;
}

}  // namespace ptyd::screen
