#include "common/quantity.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <limits>
#include <optional>

namespace ptyd {

namespace {

constexpr std::uint64_t kMaxDurationMs = 10ull * 365 * 24 * 60 * 60 * 1000;

Error bad_quantity(std::string_view kind, std::string_view text, std::string hint) {
  Error error;
  error.code = errc::invalid_argument;
  error.message = "'" + std::string(text) + "' is no " + std::string(kind);
  error.hint = std::move(hint);
  error.subject = std::string(text);
  return error;
}

// Takes the digits at the start of `text`. Nothing when there are none or the number is too large.
std::optional<std::uint64_t> take_number(std::string_view& text) {
  constexpr auto kMax = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t value = 0;
  std::size_t used = 0;
  for (; used < text.size() && text[used] >= '0' && text[used] <= '9'; ++used) {
    const auto digit = static_cast<std::uint64_t>(text[used] - '0');
    if (value > (kMax - digit) / 10) return std::nullopt;
    value = value * 10 + digit;
  }
  if (used == 0) return std::nullopt;
  text.remove_prefix(used);
  return value;
}

std::optional<std::uint64_t> unit_in_ms(std::string_view unit) {
  if (unit == "ms") return 1;
  if (unit == "s") return 1000;
  if (unit == "m") return 60 * 1000;
  if (unit == "h") return 60 * 60 * 1000;
  return std::nullopt;
}

std::string seconds_text(std::uint64_t ms) {
  std::string text = std::to_string(ms / 1000);
  const std::uint64_t rest = ms % 1000;
  if (rest == 0) return text + "s";
  std::array<char, 8> digits{};
  std::snprintf(digits.data(), digits.size(), ".%03u", static_cast<unsigned>(rest));
  text += digits.data();
  text.erase(text.find_last_not_of('0') + 1);
  return text + "s";
}

}  // namespace

Result<std::chrono::milliseconds> parse_duration(std::string_view text) {
  const auto bad = [text] { return bad_quantity("duration", text, "write it like 250ms, 5s, 1.5s, 2m or 1h"); };
  if (text == "0") return std::chrono::milliseconds(0);
  std::string_view rest = text;
  const auto whole = take_number(rest);
  if (!whole || *whole > kMaxDurationMs) return bad();
  // The fraction in millionths: finer than any unit can use.
  std::uint64_t fraction = 0;
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    std::string_view digits = rest.substr(0, std::min(rest.find_first_not_of("0123456789"), rest.size()));
    if (digits.empty() || digits.size() > 6) return bad();
    rest.remove_prefix(digits.size());
    for (std::size_t i = 0; i < 6; ++i)
      fraction = fraction * 10 + (i < digits.size() ? static_cast<std::uint64_t>(digits[i] - '0') : 0);
  }
  const auto unit = unit_in_ms(rest);
  if (!unit) return bad();
  // Rounded up, so that a limit is never shorter than what was asked for.
  const std::uint64_t ms = *whole * *unit + (fraction * *unit + 999999) / 1000000;
  if (*whole > kMaxDurationMs / *unit || ms > kMaxDurationMs)
    return bad_quantity("duration", text, "the longest is 10 years, 87600h");
  return std::chrono::milliseconds(static_cast<std::int64_t>(ms));
}

std::string format_duration(std::chrono::milliseconds duration) {
  if (duration.count() < 0) return "-" + format_duration(-std::max(duration, -std::chrono::milliseconds::max()));
  const auto ms = static_cast<std::uint64_t>(duration.count());
  if (ms == 0) return "0";
  if (ms % 3600000 == 0) return std::to_string(ms / 3600000) + "h";
  if (ms % 60000 == 0) return std::to_string(ms / 60000) + "m";
  if (ms < 1000) return std::to_string(ms) + "ms";
  return seconds_text(ms);
}

Result<std::uint64_t> parse_bytes(std::string_view text) {
  const auto bad = [text] { return bad_quantity("size in bytes", text, "write it like 65536, 64KiB, 4MiB or 1GiB"); };
  std::string_view rest = text;
  const auto number = take_number(rest);
  if (!number) return bad();
  unsigned shift = 0;
  if (!rest.empty()) {
    if (rest == "K" || rest == "KiB")
      shift = 10;
    else if (rest == "M" || rest == "MiB")
      shift = 20;
    else if (rest == "G" || rest == "GiB")
      shift = 30;
    else
      return bad();
  }
  if (*number > (std::numeric_limits<std::uint64_t>::max() >> shift)) return bad();
  return *number << shift;
}

Result<Geometry> parse_geometry(std::string_view text) {
  const auto bad = [text] {
    return bad_quantity("window size", text, "write columns x rows like 120x40, each from 1 to 10000");
  };
  std::string_view rest = text;
  const auto cols = take_number(rest);
  if (!cols || !rest.starts_with('x')) return bad();
  rest.remove_prefix(1);
  const auto rows = take_number(rest);
  if (!rows || !rest.empty()) return bad();
  if (*cols < 1 || *cols > kMaxCols || *rows < 1 || *rows > kMaxCols) return bad();
  return Geometry{static_cast<std::uint32_t>(*cols), static_cast<std::uint32_t>(*rows)};
}

std::string format_time(std::uint64_t unix_ms) {
  constexpr std::uint64_t kEndOfYear9999 = 253402300799999;
  const auto ms = std::chrono::milliseconds(static_cast<std::int64_t>(std::min(unix_ms, kEndOfYear9999)));
  const std::chrono::sys_time<std::chrono::milliseconds> time{ms};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
  return text.data();
}

}  // namespace ptyd
