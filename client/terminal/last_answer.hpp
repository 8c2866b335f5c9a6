// How ptyctl knows that a terminal has answered all it was asked. Private to this folder.
#pragma once

#include <string_view>

namespace ptyd {

// Status and device attributes, one behind the other: no program asks so, and all terminals answer.
inline constexpr std::string_view kLastQuestion = "\x1b[5n\x1b[c";

// Whether the answer to it is in `text`: status, then device attributes.
inline bool has_last_answer(std::string_view text) noexcept {
  constexpr std::string_view kLastAnswer = "\x1b[0n\x1b[?";  // then numbers and "c"
  for (auto at = text.find(kLastAnswer); at != std::string_view::npos; at = text.find(kLastAnswer, at + 1)) {
    const auto end = text.find_first_not_of("0123456789;", at + kLastAnswer.size());
    if (end != std::string_view::npos && text[end] == 'c') return true;
  }
  return false;
}

}  // namespace ptyd
