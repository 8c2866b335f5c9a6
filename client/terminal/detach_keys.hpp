// The key, or the sequence of keys, that ends an attachment.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/error.hpp"

namespace ptyd {

// One key, with or without Ctrl. `code` is its character: lower case for letters with Ctrl.
struct KeyChord {
  char code = 0;
  bool ctrl = false;
  // The byte that a terminal without an extended keyboard protocol sends for it.
  char raw_byte() const noexcept;
  bool operator==(const KeyChord&) const = default;
};

// One chord at least, eight at most.
struct DetachKeys {
  std::vector<KeyChord> chords;
  // Ctrl-\.
  static DetachKeys standard();
  bool operator==(const DetachKeys&) const = default;
};

// Docker's syntax: single characters and ctrl-X separated by commas, where X is a letter or one of @ [ \ ] ^ _.
// "ctrl-p,ctrl-q", "ctrl-]", "~,.".
// Errors: invalid_argument that shows the forms.
Result<DetachKeys> parse_detach_keys(std::string_view text);

// As people write it: "Ctrl-\", "Ctrl-P Ctrl-Q".
std::string describe(const DetachKeys& keys);

}  // namespace ptyd
