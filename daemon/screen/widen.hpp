// Makes cells of a run of ASCII, 16 at a time where the processor's base instruction set has it.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "daemon/screen/cell.hpp"

#if defined(__SSE2__) || defined(_M_X64)
#define PTYD_WIDEN_SSE2 1
#include <emmintrin.h>
#endif

namespace ptyd::screen {

// Writes a cell for each byte of `text`: `pen`, which has no character, with that one.
inline void widen(std::string_view text, Cell pen, Cell* out) noexcept {
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  std::size_t left = text.size();
#if defined(PTYD_WIDEN_SSE2)
  if (left >= 16) {
    const __m128i zero = _mm_setzero_si128();
    const __m128i cell = _mm_set1_epi64x(std::bit_cast<long long>(pen));
    const auto store = [&](__m128i two_cells, std::size_t at) {
      _mm_storeu_si128(reinterpret_cast<__m128i*>(out + at), _mm_or_si128(two_cells, cell));
    };
    // Words of two bytes, then of four, then of eight.
    const auto four = [&](__m128i words, std::size_t at) {
      store(_mm_unpacklo_epi32(words, zero), at);
      store(_mm_unpackhi_epi32(words, zero), at + 2);
    };
    const auto eight = [&](__m128i words, std::size_t at) {
      four(_mm_unpacklo_epi16(words, zero), at);
      four(_mm_unpackhi_epi16(words, zero), at + 4);
    };
    for (; left >= 16; left -= 16, bytes += 16, out += 16) {
      const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes));
      eight(_mm_unpacklo_epi8(block, zero), 0);
      eight(_mm_unpackhi_epi8(block, zero), 8);
    }
  }
#endif
  // The cell as a number, and what one more in its character is; the same work on any byte order.
  const auto base = std::bit_cast<std::uint64_t>(pen);
  constexpr auto kOne = std::bit_cast<std::uint64_t>(Cell{1, 0, 0});
  for (std::size_t i = 0; i < left; ++i) out[i] = std::bit_cast<Cell>(base | bytes[i] * kOne);
}

}  // namespace ptyd::screen
