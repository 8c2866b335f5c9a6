// Where output stops being text that leaves a terminal's state alone.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>

#if defined(__SSE2__) || defined(_M_X64)
#include <emmintrin.h>
#endif

namespace ptyd {

// The first byte of [p, end) that begins a control sequence or shifts between character sets: ESC, SO or SI. Else
// `end`.
inline const char* find_special(const char* p, const char* end) noexcept {
  constexpr char kEscape = 0x1B;
  constexpr char kShifts = 0x0E;  // SO; SI is the same but for the lowest bit
#if defined(__SSE2__) || defined(_M_X64)
  constexpr std::ptrdiff_t kWide = 16;
  const __m128i escape = _mm_set1_epi8(kEscape);
  const __m128i shifts = _mm_set1_epi8(kShifts);
  const __m128i but_lowest = _mm_set1_epi8(static_cast<char>(~1));
  for (; end - p >= kWide; p += kWide) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    const __m128i found =
        _mm_or_si128(_mm_cmpeq_epi8(bytes, escape), _mm_cmpeq_epi8(_mm_and_si128(bytes, but_lowest), shifts));
    if (const auto mask = static_cast<unsigned>(_mm_movemask_epi8(found)); mask != 0) return p + std::countr_zero(mask);
  }
#endif
  return std::find_if(p, end, [](char c) { return c == kEscape || (c & ~1) == kShifts; });
}

}  // namespace ptyd
