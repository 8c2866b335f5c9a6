// Keys as terminals with an extended keyboard protocol report them.
// Source: kitty's "Comprehensive keyboard handling in terminals"; xterm's modifyOtherKeys.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "client/terminal/detach_keys.hpp"

namespace ptyd {

struct KeyReport {
  std::uint32_t code = 0;       // of the key without Shift in `CSI code u`, of the character in `CSI 27 ; ... ~`
  std::uint32_t shifted = 0;    // of the key with Shift, 0 when it is not reported
  std::uint32_t modifiers = 0;  // bits; without Caps Lock and Num Lock
  std::uint32_t event = 1;      // 1 press, 2 repeat, 3 release
  bool is_character = false;    // `code` is what the key types, Shift included
};

inline constexpr std::uint32_t kShiftBit = 1;
inline constexpr std::uint32_t kCtrlBit = 4;

// `token` is a whole escape sequence. Nothing for one that reports no key in either form.
std::optional<KeyReport> parse_key_report(std::string_view token);

bool is_chord(const KeyReport& report, const KeyChord& chord);

// Repeats, releases, and keys that only modify: they neither go on with a sequence of keys nor break it.
bool is_passive_key(std::string_view token);

}  // namespace ptyd
