// Whether two bytes stand side by side somewhere: where the first of them is frequent, looking for it takes long.
#pragma once

#include <cstddef>
#include <string_view>

namespace ptyd {

// In blocks without a way out, which compilers make wide comparisons of.
inline bool has_pair(std::string_view bytes, char first, char second) noexcept {
  constexpr std::size_t kBlock = 64;
  const auto begin = bytes.find(first);
  if (begin == std::string_view::npos) return false;
  bytes.remove_prefix(begin);
  const char* p = bytes.data();
  std::size_t left = bytes.size();
  for (; left > kBlock; p += kBlock, left -= kBlock) {
    unsigned char found = 0;
    for (std::size_t i = 0; i < kBlock; ++i)
      found = static_cast<unsigned char>(found | static_cast<unsigned char>((p[i] == first) & (p[i + 1] == second)));
    if (found != 0) return true;
  }
  for (; left > 1; ++p, --left)
    if (p[0] == first && p[1] == second) return true;
  return false;
}

}  // namespace ptyd
