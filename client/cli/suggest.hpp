// "Did you mean ...?"
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ptyd {

// The word that `typed` was probably meant to be: the nearest by insertions, deletions, replacements and swaps of
// neighbours, if it is near at all; of two as near the first.
std::optional<std::string> closest_word(std::string_view typed, const std::vector<std::string>& words);

}  // namespace ptyd
