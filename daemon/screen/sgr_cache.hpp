// What short SGR sequences make of a style, remembered: programs use few of them, again and again.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

namespace ptyd::screen {

// By the sequence's bytes and the style before; each has two places. Takes no memory before a program has used many.
class SgrCache {
 public:
  static constexpr std::size_t kLongest = 16;  // of what is remembered: the text behind ESC [, with its 'm'

  // Whether it is short enough, if it is one, for `text` behind ESC [.
  static bool fits(std::string_view text) noexcept {
    if (text.size() < kLongest) return false;
    const auto words = first_words(text.data());
    return (size_to_end(words[0]) | size_to_end(words[1])) != 0;
  }
  // For the sequence whose text begins at `text`, where at least kLongest bytes are. False: it is not known.
  bool find(const char* text, std::uint16_t& style, std::size_t& size) const noexcept {
    if (!entries_) return false;
    const Key key = key_of(text, style);
    if (key.size == 0) return false;
    for (const std::size_t place : {key.place, key.place ^ 1}) {
      const Entry& entry = (*entries_)[place];
      if (entry.low != key.low || entry.high != key.high || entry.before != style) continue;
      style = entry.after;
      size = key.size;
      return true;
    }
    return false;
  }
  // `text`: digits, ';' and ':', then 'm'.
  void remember(std::string_view text, std::uint16_t before, std::uint16_t after);
  void clear() noexcept { entries_.reset(); }
  std::size_t bytes() const noexcept { return entries_ ? sizeof *entries_ : 0; }

 private:
  static constexpr unsigned kPlaceBits = 7;
  static constexpr unsigned kFew = 32;

  // Of an entry that is not in use no bit of `low` is set, and each text has some.
  struct Entry {
    std::uint64_t low = 0;
    std::uint64_t high = 0;
    std::uint16_t before = 0;
    std::uint16_t after = 0;
  };
  struct Key {
    std::uint64_t low;
    std::uint64_t high;
    std::size_t size;  // 0: no 'm' there
    std::size_t place;
  };

  static std::array<std::uint64_t, 2> first_words(const char* text) noexcept {
    std::array<std::uint64_t, 2> words;
    std::memcpy(words.data(), text, sizeof words);
    return words;
  }
  // The first `count` bytes of a word as they are in memory, for a count of 1 to 8.
  static std::uint64_t first_bytes(std::uint64_t word, std::size_t count) noexcept {
    const unsigned rest = static_cast<unsigned>(8 - count) * 8;
    return std::endian::native == std::endian::little ? word << rest >> rest : word >> rest << rest;
  }
  // Up to the first 'm' and with it; 0: there is none.
  static std::size_t size_to_end(std::uint64_t word) noexcept {
    constexpr std::uint64_t kOnes = 0x0101010101010101;
    const std::uint64_t other = word ^ kOnes * 'm';
    if constexpr (std::endian::native == std::endian::little) {
      const std::uint64_t ends = (other - kOnes) & ~other & kOnes << 7;
      return ends == 0 ? 0 : static_cast<std::size_t>(std::countr_zero(ends)) / 8 + 1;
    } else {
      for (unsigned i = 0; i < 8; ++i)
        if ((other >> (56 - 8 * i) & 0xff) == 0) return i + 1;
      return 0;
    }
  }
  static Key key_of(const char* text, std::uint16_t before) noexcept {
    Key key{};
    const auto words = first_words(text);
    key.low = words[0];
    if (const std::size_t size = size_to_end(key.low); size != 0) {
      key.size = size;
      key.low = first_bytes(key.low, size);
    } else {
      const std::size_t rest = size_to_end(words[1]);
      key.size = rest == 0 ? 0 : sizeof key.low + rest;
      key.high = rest == 0 ? 0 : first_bytes(words[1], rest);
    }
    const std::uint64_t hash = (key.low ^ std::rotl(key.high, 23) ^ before) * 0x9e3779b97f4a7c15;
    key.place = static_cast<std::size_t>(hash >> (64 - kPlaceBits));
    return key;
  }

  std::unique_ptr<std::array<Entry, std::size_t{1} << kPlaceBits>> entries_;
  unsigned missed_ = 0;
};

}  // namespace ptyd::screen
