#include "daemon/screen/width.hpp"

namespace ptyd::screen {
namespace {

constexpr char32_t kNonJoiner = 0x200C;

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

// GB9c: whether an Indic consonant belongs to the one before, as a virama was in between.
bool ClusterBreaker::links(Break property, bool conjunct, char32_t character) noexcept {
  if (property == Break::extend || property == Break::zwj) {
    // ZERO WIDTH NON-JOINER is for keeping them apart.
    consonant_ = consonant_ && character != kNonJoiner;
    linked_ = consonant_ && (linked_ || conjunct);
    return false;
  }
  const bool links = conjunct && linked_;
  consonant_ = conjunct;
  linked_ = false;
  return links;
}

bool ClusterBreaker::breaks_before(char32_t character) noexcept {
  const auto properties = character_properties(character);
  const auto property = static_cast<Break>(properties >> kBreakShift & kBreakMask);
  bool breaks = pair_breaks(previous_, property);
  if (links(property, (properties & kConjunct) != 0, character)) breaks = false;
  if (property == Break::pictographic && emoji_zwj_) breaks = false;           // GB11
  if (property == Break::regional_indicator && regional_odd_) breaks = false;  // GB12, GB13
  emoji_zwj_ = property == Break::zwj && emoji_;
  emoji_ = property == Break::pictographic || (property == Break::extend && emoji_);
  regional_odd_ = property == Break::regional_indicator && !regional_odd_;
  previous_ = property;
  return breaks;
}

}  // namespace ptyd::screen
