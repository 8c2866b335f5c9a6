// Numbers and texts as bytes, for what the daemon keeps.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace ptyd {

inline constexpr std::size_t kMaxVarint = 10;

// Seven bits each byte, the lowest first, the top bit set in all but the last. Returns the end.
inline char* put_varint(char* out, std::uint64_t value) noexcept {
  while (value >= 0x80) {
    *out++ = static_cast<char>(value | 0x80);
    value >>= 7;
  }
  *out++ = static_cast<char>(value);
  return out;
}

inline void append_varint(std::string& out, std::uint64_t value) {
  char buffer[kMaxVarint];
  const char* end = put_varint(buffer, value);
  out.append(buffer, static_cast<std::size_t>(end - buffer));
}

// Takes a number off the front; false, and `in` is left anywhere, when there is none.
inline bool take_varint(std::string_view& in, std::uint64_t& value) noexcept {
  value = 0;
  for (unsigned shift = 0; shift < 64 && !in.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(in.front());
    in.remove_prefix(1);
    value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

// The same for a number that is at most `limit`.
template <class Number>
bool take_number(std::string_view& in, Number& value, std::uint64_t limit) noexcept {
  std::uint64_t wide = 0;
  if (!take_varint(in, wide) || wide > limit) return false;
  value = static_cast<Number>(wide);
  return true;
}

inline void append_text(std::string& out, std::string_view text) {
  append_varint(out, text.size());
  out.append(text);
}

inline bool take_text(std::string_view& in, std::string_view& text) noexcept {
  std::uint64_t size = 0;
  if (!take_varint(in, size) || size > in.size()) return false;
  text = in.substr(0, static_cast<std::size_t>(size));
  in.remove_prefix(text.size());
  return true;
}

}  // namespace ptyd
