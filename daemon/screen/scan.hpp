// Finds the end of a run of plain bytes, 16 at a time where the processor's base instruction set has it.
#pragma once

#include <bit>
#include <cstdint>

#if defined(__SSE2__) || defined(_M_X64)
#define PTYD_SCAN_SSE2 1
#include <emmintrin.h>
#elif defined(__aarch64__) || defined(_M_ARM64)
#define PTYD_SCAN_NEON 1
#include <arm_neon.h>
#endif

namespace ptyd::screen {

constexpr bool is_printable_ascii(char c) noexcept { return c >= 0x20 && c < 0x7F; }
constexpr bool is_control_or_delete(char c) noexcept { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

// The first byte in [p, end) that is not 0x20 to 0x7e, else end.
inline const char* scan_printable(const char* p, const char* end) noexcept {
#if defined(PTYD_SCAN_SSE2)
  const __m128i low = _mm_set1_epi8(0x20);
  const __m128i del = _mm_set1_epi8(0x7F);
  for (; end - p >= 16; p += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    // Signed: 0x80 and above are below 0x20.
    const __m128i stop = _mm_or_si128(_mm_cmplt_epi8(bytes, low), _mm_cmpeq_epi8(bytes, del));
    const auto mask = static_cast<unsigned>(_mm_movemask_epi8(stop));
    if (mask != 0) return p + std::countr_zero(mask);
  }
#elif defined(PTYD_SCAN_NEON)
  for (; end - p >= 16; p += 16) {
    const int8x16_t bytes = vld1q_s8(reinterpret_cast<const std::int8_t*>(p));
    const uint8x16_t stop = vorrq_u8(vcltq_s8(bytes, vdupq_n_s8(0x20)), vceqq_s8(bytes, vdupq_n_s8(0x7F)));
    // Four bits for each byte.
    const uint8x8_t narrow = vshrn_n_u16(vreinterpretq_u16_u8(stop), 4);
    const std::uint64_t mask = vget_lane_u64(vreinterpret_u64_u8(narrow), 0);
    if (mask != 0) return p + (std::countr_zero(mask) >> 2);
  }
#endif
  while (p != end && is_printable_ascii(*p)) ++p;
  return p;
}

// The first C0 control or DEL in [p, end), else end; bytes from 0x80 on are passed.
inline const char* scan_controls(const char* p, const char* end) noexcept {
#if defined(PTYD_SCAN_SSE2)
  const __m128i last = _mm_set1_epi8(0x1F);
  const __m128i del = _mm_set1_epi8(0x7F);
  for (; end - p >= 16; p += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, last), bytes);
    const auto mask = static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(control, _mm_cmpeq_epi8(bytes, del))));
    if (mask != 0) return p + std::countr_zero(mask);
  }
#elif defined(PTYD_SCAN_NEON)
  for (; end - p >= 16; p += 16) {
    const uint8x16_t bytes = vld1q_u8(reinterpret_cast<const std::uint8_t*>(p));
    const uint8x16_t stop = vorrq_u8(vcltq_u8(bytes, vdupq_n_u8(0x20)), vceqq_u8(bytes, vdupq_n_u8(0x7F)));
    const uint8x8_t narrow = vshrn_n_u16(vreinterpretq_u16_u8(stop), 4);
    const std::uint64_t mask = vget_lane_u64(vreinterpret_u64_u8(narrow), 0);
    if (mask != 0) return p + (std::countr_zero(mask) >> 2);
  }
#endif
  while (p != end && !is_control_or_delete(*p)) ++p;
  return p;
}

}  // namespace ptyd::screen
