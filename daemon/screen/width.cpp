#include "daemon/screen/width.hpp"

namespace ptyd::screen {
namespace {

bool is_control(Break property) { return property <= Break::lf; }

// GB3 to GB9b, which look at two characters only. In the order of the rules: the first that fits decides.
bool pair_breaks(Break before, Break after) {
  if (before == Break::cr && after == Break::lf) return false;
  if (is_control(before) || is_control(after)) return true;
  switch (before) {
    case Break::l:
      if (after == Break::l || after == Break::v || after == Break::lv || after == Break::lvt) return false;
      break;
    case Break::lv:
    case Break::v:
      if (after == Break::v || after == Break::t) return false;
      break;
    case Break::lvt:
    case Break::t:
      if (after == Break::t) return false;
      break;
    case Break::prepend: return false;
    default: break;
  }
  return after != Break::extend && after != Break::zwj && after != Break::spacing_mark;
}

}  // namespace

bool ClusterBreaker::breaks_before(char32_t character) noexcept {
  const auto property = static_cast<Break>(character_properties(character) >> kBreakShift & kBreakMask);
  bool breaks = pair_breaks(previous_, property);
  if (property == Break::pictographic && emoji_zwj_) breaks = false;           // GB11
  if (property == Break::regional_indicator && regional_odd_) breaks = false;  // GB12, GB13
  emoji_zwj_ = property == Break::zwj && emoji_;
  emoji_ = property == Break::pictographic || (property == Break::extend && emoji_);
  regional_odd_ = property == Break::regional_indicator && !regional_odd_;
  previous_ = property;
  return breaks;
}

std::uint8_t ClusterBreaker::state() const noexcept {
  return static_cast<std::uint8_t>(static_cast<unsigned>(previous_) | (emoji_ ? 0x10U : 0U) |
                                   (emoji_zwj_ ? 0x20U : 0U) | (regional_odd_ ? 0x40U : 0U));
}

void ClusterBreaker::restore(std::uint8_t state) noexcept {
  previous_ = static_cast<Break>(state & kBreakMask);
  emoji_ = (state & 0x10U) != 0;
  emoji_zwj_ = (state & 0x20U) != 0;
  regional_odd_ = (state & 0x40U) != 0;
}

}  // namespace ptyd::screen
