#include "client/format/signal_name.hpp"

#include <charconv>
#include <string>

#include "client/format/signal_table.hpp"

namespace ptyd {

std::string_view signal_name(std::uint32_t number) noexcept {
  for (const auto& signal : signal_table().names)
    if (signal.number == number) return signal.name;
  return {};
}

Result<std::uint32_t> parse_signal(std::string_view text) {
  const SignalTable& table = signal_table();
  std::string name;
  for (const char c : text) name += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  if (name.starts_with("SIG")) name.erase(0, 3);
  for (const auto& signal : table.names)
    if (signal.name == name) return signal.number;
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (whole && number > 0 && (number < table.unnamed_below || !signal_name(number).empty())) return number;
  Error bad;
  bad.code = errc::invalid_argument;
  bad.message = "'" + std::string(text) + "' " + std::string(table.not_one_of_us);
  bad.hint = table.hint;
  bad.subject = "signal";
  return bad;
}

}  // namespace ptyd
