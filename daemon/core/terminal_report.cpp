#include "daemon/core/terminal_report.hpp"

#include <charconv>
#include <cstddef>

namespace ptyd {

namespace {

constexpr unsigned kModifiers = 4 | 8 | 16;  // Shift, Meta, Control in a report of the mouse
constexpr unsigned kMotion = 32;
constexpr unsigned kNoButton = 3;
constexpr std::size_t kPlainMouse = 6;  // CSI M and three bytes
constexpr unsigned kPlainOffset = 32;

bool is_motion(unsigned code) { return (code & ~kModifiers) == kMotion + kNoButton; }

// Size of the CSI sequence that `input` begins with, without what follows CSI M; 0: there is none.
std::size_t csi_size(std::string_view input) {
  if (input.size() < 3 || input[0] != '\x1b' || input[1] != '[') return 0;
  for (std::size_t i = 2; i < input.size(); ++i) {
    if (input[i] >= '\x40' && input[i] <= '\x7e') return i + 1;
    if (input[i] < '\x20' || input[i] > '\x3f') return 0;
  }
  return 0;
}

// Of the one that `input` begins with; 0: it begins with something else.
std::size_t report_size(std::string_view input) {
  const auto size = csi_size(input);
  if (size == 0) return 0;
  const char final = input[size - 1];
  const auto parameters = input.substr(2, size - 3);
  if (parameters.empty()) {
    if (final == 'I' || final == 'O') return size;
    const bool moved =
        final == 'M' && input.size() >= kPlainMouse && is_motion(static_cast<unsigned char>(input[3]) - kPlainOffset);
    return moved ? kPlainMouse : 0;
  }
  if (final == 'n') return parameters.starts_with("?997;") ? size : 0;
  if (final == 't') return parameters.starts_with("48;") ? size : 0;
  if (final != 'M' || parameters.front() != '<') return 0;
  unsigned code = 0;
  std::from_chars(parameters.data() + 1, parameters.data() + parameters.size(), code);
  return is_motion(code) ? size : 0;
}

}  // namespace

bool is_terminal_report(std::string_view input) {
  while (!input.empty()) {
    const auto size = report_size(input);
    if (size == 0) return false;
    input.remove_prefix(size);
  }
  return true;
}

}  // namespace ptyd
