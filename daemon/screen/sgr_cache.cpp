#include "daemon/screen/sgr_cache.hpp"

namespace ptyd::screen {

void SgrCache::remember(std::string_view text, std::uint16_t before, std::uint16_t after) {
  if (text.size() > kLongest) return;
  if (!entries_) {
    if (++missed_ < kFew) return;
    entries_ = std::make_unique<std::array<Entry, std::size_t{1} << kPlaceBits>>();
  }
  std::array<char, kLongest> padded{};
  text.copy(padded.data(), padded.size());
  const Key key = key_of(padded.data(), before);
  (*entries_)[key.place ^ 1] = (*entries_)[key.place];
  (*entries_)[key.place] = {key.low, key.high, before, after};
}

}  // namespace ptyd::screen
