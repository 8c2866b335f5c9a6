#include "daemon/core/session_name.hpp"

#include <algorithm>

#include "common/escape.hpp"

namespace ptyd {

namespace {

constexpr std::size_t kMaxName = 64;
constexpr std::size_t kMaxLabelValue = 256;
constexpr std::size_t kIdDigits = 32;
// Leaves room for a number, and is shorter than an id.
constexpr std::size_t kMaxChosen = 31;
constexpr char kHexDigits[] = "0123456789abcdef";

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

bool is_name_character(char c) { return is_letter_or_digit(c) || c == '.' || c == '_' || c == '-'; }

bool is_key_character(char c) { return is_name_character(c) || c == '/'; }

bool is_id(std::string_view text) {
  return text.size() == kIdDigits && text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

Error invalid(std::string message, std::string hint, std::string subject) {
  Error error{errc::invalid_argument, std::move(message)};
  error.hint = std::move(hint);
  error.subject = std::move(subject);
  return error;
}

}  // namespace

Result<void> validate_session_name(std::string_view name) {
  const bool fine = !name.empty() && name.size() <= kMaxName && name.front() != '-' && !is_id(name) &&
                    std::all_of(name.begin(), name.end(), is_name_character);
  if (fine) return {};
  // What is shown of a long one is enough to recognise it.
  const std::string shown(name.substr(0, kMaxName));
  return invalid(
      name.empty() ? "a session's name must not be empty" : "'" + shown + "' can't be the name of a session",
      "a name is 1 to 64 letters, digits and . _ -, does not begin with '-' and is not 32 hexadecimal digits", "name");
}

Result<void> validate_label(std::string_view key, std::string_view value) {
  const std::string shown(key.substr(0, kMaxName));
  if (key.empty() || key.size() > kMaxName || !std::all_of(key.begin(), key.end(), is_key_character))
    return invalid("'" + shown + "' can't be the key of a label", "a key is 1 to 64 letters, digits and . _ / -",
                   "labels");
  if (value.size() > kMaxLabelValue || !is_utf8(value))
    return invalid("the value of label '" + shown + "' is too long or not UTF-8",
                   "a value is UTF-8 of at most 256 bytes", "labels");
  return {};
}

std::string choose_name(std::string_view program, const std::function<bool(std::string_view)>& taken) {
  if (const auto slash = program.rfind('/'); slash != std::string_view::npos) program.remove_prefix(slash + 1);
  // A login shell's argv[0] begins with '-'.
  while (!program.empty() && program.front() == '-') program.remove_prefix(1);
  std::string base(program.substr(0, kMaxChosen));
  std::replace_if(
      base.begin(), base.end(), [](char c) { return !is_name_character(c); }, '_');
  if (base.empty()) base = "session";
  auto name = base;
  for (std::uint64_t number = 2; taken(name); ++number) name = base + "-" + std::to_string(number);
  return name;
}

std::string id_to_hex(const std::array<std::uint8_t, 16>& id) {
  std::string out;
  out.reserve(kIdDigits);
  for (const auto byte : id) {
    out += kHexDigits[byte >> 4];
    out += kHexDigits[byte & 15];
  }
  return out;
}

}  // namespace ptyd
