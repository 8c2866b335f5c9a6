#include "daemon/screen/color_spec.hpp"

#include <array>

namespace ptyd::screen {
namespace {

constexpr std::size_t kMaxDigits = 4;

int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::uint32_t> hex(std::string_view digits) noexcept {
  if (digits.empty() || digits.size() > kMaxDigits) return std::nullopt;
  std::uint32_t value = 0;
  for (const char c : digits) {
    const int digit = hex_digit(c);
    if (digit < 0) return std::nullopt;
    value = value << 4 | static_cast<std::uint32_t>(digit);
  }
  return value;
}

std::optional<std::uint32_t> parse_slashed(std::string_view text) noexcept {
  std::uint32_t color = 0;
  for (int part = 0; part < 3; ++part) {
    const std::size_t end = part < 2 ? text.find('/') : text.size();
    if (end == std::string_view::npos) return std::nullopt;
    const auto digits = text.substr(0, end);
    const auto value = hex(digits);
    if (!value) return std::nullopt;
    const std::uint32_t most = (1U << (4 * digits.size())) - 1;
    color = color << 8 | (*value * 255 + most / 2) / most;
    text.remove_prefix(part < 2 ? end + 1 : end);
  }
  return color;
}

std::optional<std::uint32_t> parse_sharp(std::string_view text) noexcept {
  if (text.empty() || text.size() % 3 != 0) return std::nullopt;
  const std::size_t digits = text.size() / 3;
  std::uint32_t color = 0;
  for (std::size_t part = 0; part < 3; ++part) {
    const auto value = hex(text.substr(part * digits, digits));
    if (!value) return std::nullopt;
    color = color << 8 | (*value << (4 * (kMaxDigits - digits))) >> 8;
  }
  return color;
}

}  // namespace

std::optional<std::uint32_t> parse_color(std::string_view text) noexcept {
  constexpr std::string_view kSlashed = "rgb:";
  if (text.starts_with(kSlashed)) return parse_slashed(text.substr(kSlashed.size()));
  if (text.starts_with('#')) return parse_sharp(text.substr(1));
  return std::nullopt;
}

std::string color_text(std::uint32_t color) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out = "rgb:";
  for (const int shift : {16, 8, 0}) {
    const std::array<char, 2> pair{kDigits[color >> (shift + 4) & 15], kDigits[color >> shift & 15]};
    out.append(pair.data(), pair.size());
    out.append(pair.data(), pair.size());
    if (shift != 0) out += '/';
  }
  return out;
}

}  // namespace ptyd::screen
