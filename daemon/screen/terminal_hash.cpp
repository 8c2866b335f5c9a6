#include <algorithm>

#include "daemon/screen/terminal.hpp"

namespace ptyd::screen {
namespace {

// FNV-1a's constants, a number at a time.
constexpr std::uint64_t kOffset = 0xcbf29ce484222325u;
constexpr std::uint64_t kPrime = 0x100000001b3u;

std::uint64_t mix(std::uint64_t hash, std::uint64_t value) noexcept {
  hash = (hash ^ value) * kPrime;
  return hash ^ hash >> 29;
}

std::uint64_t hash_text(std::string_view text) noexcept {
  std::uint64_t hash = kOffset;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * kPrime;
  return hash;
}

std::uint64_t hash_style(const Style& style) noexcept {
  std::uint64_t hash = mix(kOffset, style.foreground.value());
  hash = mix(hash, style.background.value());
  hash = mix(hash, style.underline_color.value());
  return mix(hash, static_cast<std::uint64_t>(style.attributes) << 8 | static_cast<std::uint64_t>(style.underline));
}

}  // namespace

std::uint64_t Terminal::hash() const {
  // Neighbours mostly look the same.
  Cell looks;
  std::uint64_t looks_hash = 0;
  const auto look = [&](const Cell& cell) {
    if (cell.style != looks.style || cell.link != looks.link) {
      looks = cell;
      looks_hash = cell.style == 0 ? 0 : hash_style(styles_[cell.style]);
      if (cell.link != 0) looks_hash = mix(looks_hash, hash_text(links_[cell.link].uri));
    }
    return looks_hash;
  };
  const Grid& grid = active();
  std::uint64_t hash = mix(kOffset, static_cast<std::uint64_t>(rows()) << 16 | static_cast<std::uint64_t>(columns()));
  for (int row = 0; row < grid.rows(); ++row) {
    const auto cells = grid.cells(row).first(grid.info(row).used);
    for (std::size_t column = 0; column < cells.size(); ++column) {
      const Cell& cell = cells[column];
      if (cell.tail()) continue;
      std::uint64_t text = cell.bits & (Cell::kCharacter | Cell::kWide);
      if (cell.character() == ' ' && !cell.cluster()) text = 0;
      if (cell.cluster())
        for (const char32_t character : clusters_[cell.character()]) text = mix(text, character);
      if (text == 0 && cell.style == 0 && cell.link == 0) continue;
      hash = mix(hash, text ^ static_cast<std::uint64_t>(row) << 48 ^ static_cast<std::uint64_t>(column) << 32);
      hash = mix(hash, look(cell));
    }
  }
  hash = mix(hash, static_cast<std::uint64_t>(state_.cursor.row) << 32 | static_cast<unsigned>(state_.cursor.column));
  return mix(hash, (state_.on(Mode::cursor_visible) ? 1u : 0u) | (state_.on(Mode::reverse_video) ? 2u : 0u));
}

}  // namespace ptyd::screen
