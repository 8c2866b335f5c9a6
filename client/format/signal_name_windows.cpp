// The signals that a session has on Windows, by the numbers that other systems give them.
#include <array>
#include <charconv>
#include <string>

#include "client/format/signal_name.hpp"

namespace ptyd {

namespace {

struct NamedSignal {
  std::string_view name;
  std::uint32_t number;
};

// HUP closes the console, INT and QUIT are Ctrl-C and Ctrl-Break, KILL ends all processes of the session.
constexpr std::array kSignals{
    NamedSignal{"HUP", 1},  NamedSignal{"INT", 2},   NamedSignal{"QUIT", 3},
    NamedSignal{"KILL", 9}, NamedSignal{"TERM", 15}, NamedSignal{"BREAK", 3},
};

}  // namespace

std::string_view signal_name(std::uint32_t number) noexcept {
  for (const auto& signal : kSignals)
    if (signal.number == number) return signal.name;
  return {};
}

Result<std::uint32_t> parse_signal(std::string_view text) {
  std::string name;
  for (const char c : text) name += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  if (name.starts_with("SIG")) name.erase(0, 3);
  for (const auto& signal : kSignals)
    if (signal.name == name) return signal.number;
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (whole && !signal_name(number).empty()) return number;
  Error bad;
  bad.code = errc::invalid_argument;
  bad.message = "'" + std::string(text) + "' is no signal that a session on Windows has";
  bad.hint = "those are HUP, INT, QUIT, TERM and KILL";
  bad.subject = "signal";
  return bad;
}

}  // namespace ptyd
