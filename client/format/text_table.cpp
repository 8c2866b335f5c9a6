#include "client/format/text_table.hpp"

#include <algorithm>

#include "client/format/display_width.hpp"

namespace ptyd {

namespace {

constexpr std::size_t kGap = 2;

std::vector<std::size_t> column_widths(const std::vector<std::vector<TextCell>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], display_width(row[i].text));
  }
  return widths;
}

}  // namespace

std::string text_table(const std::vector<std::vector<TextCell>>& rows, std::size_t width, bool color) {
  const auto widths = column_widths(rows);
  std::string out;
  for (const auto& row : rows) {
    std::size_t at = 0;
    std::size_t padding = 0;  // written only when something follows, so that no line ends in spaces
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::size_t begin = at + padding;
      if (width != 0 && begin >= width) break;
      const std::string text = width == 0 ? row[i].text : cut_to_width(row[i].text, width - begin);
      const bool colored = color && row[i].color[0] != 0 && !text.empty();
      if (!text.empty()) {
        out.append(padding, ' ');
        if (colored) out += "\x1b[" + std::string(row[i].color) + "m";
        out += text;
        if (colored) out += "\x1b[0m";
        at = begin + display_width(text);
        padding = 0;
      }
      padding += widths[i] + kGap - display_width(text);
    }
    out += '\n';
  }
  return out;
}

}  // namespace ptyd
