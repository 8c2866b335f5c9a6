// State in a checkpoint.
#pragma once

#include <string>
#include <string_view>

#include "daemon/screen/state.hpp"

namespace ptyd::screen {

void save_state(const State& state, std::string& out);
// Takes a state for a terminal of this size off the front of `in`; false when it is none, or one that such a terminal
// can't have. Ids of styles are not in it, those of links may be any.
bool load_state(std::string_view& in, int rows, int columns, State& state);

// Neither a control nor a surrogate, nor beyond Unicode.
constexpr bool is_printable(char32_t character) noexcept {
  return character >= 0x20 && (character < 0x7f || character >= 0xa0) && (character < 0xd800 || character > 0xdfff) &&
         character <= 0x10ffff;
}

}  // namespace ptyd::screen
