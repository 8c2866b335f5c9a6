// A table aligned for a terminal.
#pragma once

#include <string>
#include <vector>

namespace ptyd {

struct TextCell {
  std::string text;        // printable: escape it first
  const char* color = "";  // SGR parameters like "32", or empty
};

// Pads each column but the last to its widest cell. Lines are cut at `width` columns; 0: never. Without `color` no
// cell's colour is used.
std::string text_table(const std::vector<std::vector<TextCell>>& rows, std::size_t width, bool color);

}  // namespace ptyd
