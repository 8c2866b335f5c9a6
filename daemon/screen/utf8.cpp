#include "daemon/screen/utf8.hpp"

#include <cstddef>

namespace ptyd::screen {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

char tail(char32_t character, unsigned shift) { return static_cast<char>(0x80U | ((character >> shift) & 0x3FU)); }

}  // namespace

void append_utf8(std::string& out, char32_t character) {
  if (character < 0x80) {
    out.push_back(static_cast<char>(character));
  } else if (character < 0x800) {
    out.push_back(static_cast<char>(0xC0U | (character >> 6U)));
    out.push_back(tail(character, 0));
  } else if (character < 0x10000) {
    out.push_back(static_cast<char>(0xE0U | (character >> 12U)));
    out.push_back(tail(character, 6));
    out.push_back(tail(character, 0));
  } else {
    out.push_back(static_cast<char>(0xF0U | (character >> 18U)));
    out.push_back(tail(character, 12));
    out.push_back(tail(character, 6));
    out.push_back(tail(character, 0));
  }
}

char32_t take_utf8(std::string_view& text) noexcept {
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) {
    text.remove_prefix(1);
    return lead;
  }
  const std::size_t length = utf8_length(lead);
  // The maximal subpart: what was right so far counts as one error, the byte that was not is looked at anew.
  std::size_t have = 1;
  char32_t character = length == 0 ? 0 : lead & (0x7FU >> length);
  while (have < length && have < text.size()) {
    const auto byte = static_cast<unsigned char>(text[have]);
    if (have == 1 ? !is_utf8_second(lead, byte) : !is_utf8_tail(byte)) break;
    character = character << 6U | (byte & 0x3FU);
    ++have;
  }
  text.remove_prefix(have);
  return have == length ? character : kReplacement;
}

}  // namespace ptyd::screen
