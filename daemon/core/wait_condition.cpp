#include "daemon/core/wait_condition.hpp"

#include <algorithm>
#include <charconv>

#include "common/escape.hpp"

namespace ptyd {

namespace {

Error bad(std::string field, const std::string& why) {
  Error error{errc::invalid_argument, field + " " + why};
  error.subject = std::move(field);
  return error;
}

bool has_control(const std::string& text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

Result<void> check_text(const std::string& text) {
  if (text.empty()) return bad("text", "is empty");
  if (text.size() > kMaxWaitText) return bad("text", "is longer than 1024 bytes");
  if (!is_utf8(text)) return bad("text", "is not UTF-8");
  if (!has_control(text)) return {};
  Error error = bad("text", "has a control character, which no line of a screen has");
  error.hint = "wait for one line of it";
  return error;
}

}  // namespace

Result<void> check_condition(const WaitCondition& condition) {
  switch (condition.kind) {
    case WaitKind::text: return check_text(condition.text);
    case WaitKind::match:
      if (condition.text.empty()) return bad("text", "is empty");
      if (condition.text.size() > kMaxWaitText) return bad("text", "is longer than 1024 bytes");
      return {};
    case WaitKind::quiet:
    case WaitKind::settled:
      if (condition.duration.count() <= 0 || condition.duration > kLongestStill)
        return bad("for_ms", "must be 1 ms to a day");
      return {};
    default: return {};
  }
}

Result<std::uint64_t> parse_screen_hash(const std::string& text, const char* field) {
  constexpr std::size_t kDigits = 16;
  constexpr int kBase = 16;
  std::uint64_t hash = 0;
  const auto* const end = text.data() + text.size();
  const auto [stopped, failure] = std::from_chars(text.data(), end, hash, kBase);
  if (text.size() == kDigits && failure == std::errc() && stopped == end) return hash;
  Error error = bad(field, "is not the hash of a screen");
  error.hint = "it has 16 hexadecimal digits, as in the reply to a look at the screen";
  return error;
}

}  // namespace ptyd
