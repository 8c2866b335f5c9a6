#include "proto/frame.hpp"

namespace ptyd {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

struct Sequence {
  std::size_t size = 1;  // of the whole code point, or of the bad bytes that one U+FFFD stands for
  bool valid = false;
  bool unfinished = false;  // valid so far: more bytes may complete it
};

// What begins at the start of `bytes`, which is not empty. A bad sequence ends before the first byte that
// can't continue it, as the Unicode standard recommends.
Sequence sequence_at(std::string_view bytes) noexcept {
  const auto lead = static_cast<std::uint8_t>(bytes[0]);
  if (lead < 0x80) return {1, true, false};
  if (lead < 0xC2 || lead > 0xF4) return {1, false, false};
  const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  for (std::size_t i = 1; i < size; ++i) {
    if (i == bytes.size()) return {i, false, true};
    const auto byte = static_cast<std::uint8_t>(bytes[i]);
    std::uint8_t low = 0x80;
    std::uint8_t high = 0xBF;
    if (i == 1) {  // no overlong forms, no surrogates, nothing beyond U+10FFFF
      if (lead == 0xE0) low = 0xA0;
      if (lead == 0xED) high = 0x9F;
      if (lead == 0xF0) low = 0x90;
      if (lead == 0xF4) high = 0x8F;
    }
    if (byte < low || byte > high) return {i, false, false};
  }
  return {size, true, false};
}

}  // namespace

std::string Utf8Decoder::decode(std::string_view bytes) {
  const std::string joined = pending_.empty() ? std::string() : pending_ + std::string(bytes);
  std::string_view rest = pending_.empty() ? bytes : std::string_view(joined);
  std::string text;
  text.reserve(rest.size());
  pending_.clear();
  while (!rest.empty()) {
    const auto sequence = sequence_at(rest);
    if (sequence.unfinished) {
      pending_ = rest;
      break;
    }
    text += sequence.valid ? rest.substr(0, sequence.size) : kReplacement;
    rest.remove_prefix(sequence.size);
  }
  return text;
}

}  // namespace ptyd
