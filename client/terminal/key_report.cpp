#include "client/terminal/key_report.hpp"

#include <array>

namespace ptyd {

namespace {

constexpr std::uint32_t kLockBits = 64 | 128;
constexpr std::size_t kMaxParameters = 3;
constexpr std::uint32_t kModifyOtherKeys = 27;
// Kitty's codes for Caps Lock, Scroll Lock and Num Lock, and for the keys from Left Shift to ISO Level 5 Shift.
constexpr std::uint32_t kFirstLockKey = 57358;
constexpr std::uint32_t kLastLockKey = 57360;
constexpr std::uint32_t kFirstModifierKey = 57441;
constexpr std::uint32_t kLastModifierKey = 57454;

// Up to three parameters with up to three parts each: "92:124;5:1". A missing number is 0.
struct Parameters {
  std::array<std::array<std::uint32_t, kMaxParameters>, kMaxParameters> values{};
  std::size_t count = 1;
};

std::optional<Parameters> parse_parameters(std::string_view text) {
  Parameters result;
  std::size_t part = 0;
  for (const char c : text) {
    if (c == ';') {
      ++result.count;
      part = 0;
    } else if (c == ':') {
      ++part;
    } else if (c < '0' || c > '9') {
      return std::nullopt;
    }
    // The third parameter is the text that was typed, with a part for each character: never looked at.
    if (result.count > kMaxParameters) return std::nullopt;
    if (part >= kMaxParameters) continue;
    if (c < '0' || c > '9') continue;
    auto& value = result.values[result.count - 1][part];
    if (value > 0x110000) return std::nullopt;
    value = value * 10 + static_cast<std::uint32_t>(c - '0');
  }
  return result;
}

std::uint32_t modifier_bits(std::uint32_t parameter) { return parameter == 0 ? 0 : (parameter - 1) & ~kLockBits; }

bool is_letter(std::uint32_t code) { return (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z'); }

std::uint32_t to_lower(std::uint32_t code) { return code >= 'A' && code <= 'Z' ? code - 'A' + 'a' : code; }

}  // namespace

std::optional<KeyReport> parse_key_report(std::string_view token) {
  if (token.size() < 4 || !token.starts_with("\x1b[")) return std::nullopt;
  const char final_byte = token.back();
  const auto parameters = parse_parameters(token.substr(2, token.size() - 3));
  if (!parameters) return std::nullopt;
  const auto& values = parameters->values;
  KeyReport report;
  if (final_byte == 'u') {
    report.code = values[0][0];
    report.shifted = values[0][1];
    report.modifiers = modifier_bits(values[1][0]);
    if (values[1][1] != 0) report.event = values[1][1];
  } else if (final_byte == '~' && parameters->count == 3 && values[0][0] == kModifyOtherKeys) {
    report.code = values[2][0];
    report.modifiers = modifier_bits(values[1][0]);
    report.is_character = true;
  } else {
    return std::nullopt;
  }
  return report;
}

bool is_chord(const KeyReport& report, const KeyChord& chord) {
  const auto wanted = static_cast<std::uint32_t>(static_cast<unsigned char>(chord.code));
  const std::uint32_t other_bits = report.modifiers & ~kShiftBit;
  if (other_bits != (chord.ctrl ? kCtrlBit : 0)) return false;
  const bool shift = (report.modifiers & kShiftBit) != 0;
  if (!shift) return (chord.ctrl ? to_lower(report.code) : report.code) == wanted;
  // With Shift: a character like ^ that needs it on this keyboard, or a capital letter.
  if (chord.ctrl && is_letter(wanted)) return false;
  if (report.is_character) return report.code == wanted;
  if (report.shifted != 0) return report.shifted == wanted;
  return is_letter(wanted) && wanted != to_lower(wanted) && report.code == to_lower(wanted);
}

bool is_passive_key(std::string_view token) {
  const auto report = parse_key_report(token);
  if (!report) return false;
  const auto between = [&](std::uint32_t first, std::uint32_t last) {
    return report->code >= first && report->code <= last;
  };
  return report->event != 1 || between(kFirstLockKey, kLastLockKey) || between(kFirstModifierKey, kLastModifierKey);
}

}  // namespace ptyd
