// Parameters of control functions, as text.
#pragma once

#include <algorithm>
#include <string_view>

namespace ptyd {

// The number at the start of `text`, 0 when there is none.
constexpr unsigned leading_number(std::string_view text) {
  unsigned value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9' || value > 100000) break;
    value = value * 10 + static_cast<unsigned>(c - '0');
  }
  return value;
}

// What stands behind the first semicolon.
constexpr std::string_view after_first(std::string_view text) {
  const auto semicolon = text.find(';');
  return semicolon == std::string_view::npos ? std::string_view() : text.substr(semicolon + 1);
}

// Calls `use` with each parameter of "1000;1006".
template <class Use>
void for_each_parameter(std::string_view parameters, Use use) {
  while (!parameters.empty()) {
    const auto end = std::min(parameters.find(';'), parameters.size());
    use(leading_number(parameters.substr(0, end)));
    parameters.remove_prefix(std::min(end + 1, parameters.size()));
  }
}

constexpr bool only_zero(std::string_view parameters) {
  return parameters.find_first_not_of("0;") == std::string_view::npos;
}

}  // namespace ptyd
