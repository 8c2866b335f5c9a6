// SGR sequences with nothing but text between: most output with colours is made of them, and only the last one counts.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "client/terminal/find_special.hpp"

namespace ptyd {

struct LooksRun {
  const char* end;             // behind the last sequence and the text that follows it
  const char* last = nullptr;  // the ESC of the last sequence; null: there is none
};

// Bytes of parameters: where a sequence has as many or more, the run ends before it.
inline constexpr std::ptrdiff_t kLongestLooks = 64;

inline bool is_looks_parameter(char c) noexcept { return c >= '0' && c <= ';'; }

#if defined(__SSE2__) || defined(_M_X64)

// Which of 64 bytes are what: the lowest bit is for the first byte.
struct LooksBlock {
  static constexpr std::ptrdiff_t kBytes = 64;

  explicit LooksBlock(const char* p) noexcept {
    for (int i = 0; i < kBytes; i += 16) {
      const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p + i));
      const auto note = [i](std::uint64_t& to, __m128i found) {
        to |= static_cast<std::uint64_t>(static_cast<unsigned>(_mm_movemask_epi8(found))) << i;
      };
      const __m128i above_0 = _mm_sub_epi8(bytes, _mm_set1_epi8('0'));
      note(escape, _mm_cmpeq_epi8(bytes, _mm_set1_epi8(0x1B)));
      note(bracket, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('[')));
      note(parameter, _mm_cmpeq_epi8(_mm_min_epu8(above_0, _mm_set1_epi8(';' - '0')), above_0));
      note(m, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('m')));
      note(shift, _mm_cmpeq_epi8(_mm_and_si128(bytes, _mm_set1_epi8(static_cast<char>(~1))), _mm_set1_epi8(0x0E)));
    }
  }

  // The byte behind the parameters of each sequence, where it is in this block.
  std::uint64_t ends() const noexcept {
    const std::uint64_t begin = ((escape << 1) & bracket) << 1;
    // A carry runs through parameters from where they begin, and comes out behind them.
    return (begin + parameter) & ~parameter;
  }
  // All sequences that end here are SGR, and no other thing is but text.
  bool only_looks() const noexcept { return shift == 0 && ((escape << 1) & ~bracket) == 0 && (ends() & ~m) == 0; }

  std::uint64_t escape = 0;
  std::uint64_t bracket = 0;
  std::uint64_t parameter = 0;
  std::uint64_t m = 0;
  std::uint64_t shift = 0;  // SO or SI
};

inline int highest_bit(std::uint64_t bits) noexcept { return 63 - std::countl_zero(bits); }

// As skip_looks(), as far as whole blocks go.
inline LooksRun skip_looks_in_blocks(const char* p, const char* end) noexcept {
  LooksRun run{p};
  while (end - run.end >= LooksBlock::kBytes) {
    const LooksBlock block(run.end);
    if (!block.only_looks()) break;
    if (block.escape == 0) {
      run.end += LooksBlock::kBytes;
      continue;
    }
    const int last = highest_bit(block.escape);
    if (block.ends() >> last != 0) {
      run.last = run.end + last;
      run.end += LooksBlock::kBytes;
      continue;
    }
    // The last one is cut: the next block begins with it.
    if (last == 0) break;
    if (const auto whole = block.escape ^ (std::uint64_t{1} << last); whole != 0)
      run.last = run.end + highest_bit(whole);
    run.end += last;
  }
  return run;
}

#else

inline LooksRun skip_looks_in_blocks(const char* p, const char*) noexcept { return {p}; }

#endif

// From `p`, outside of any sequence, up to what is neither text nor a whole SGR sequence.
inline LooksRun skip_looks(const char* p, const char* end) noexcept {
  LooksRun run = skip_looks_in_blocks(p, end);
  run.end = find_special(run.end, end);
  while (end - run.end > 2 && run.end[0] == 0x1B && run.end[1] == '[') {
    const char* const parameters = run.end + 2;
    const char* const most = parameters + std::min(end - parameters, kLongestLooks);
    const char* const after = std::find_if_not(parameters, most, is_looks_parameter);
    if (after == most || *after != 'm') break;
    run.last = run.end;
    run.end = find_special(after + 1, end);
  }
  return run;
}

}  // namespace ptyd
