// Whatever a program wrote, its replay holds nothing that a terminal would answer, and how it was cut does
// not matter.
#include "daemon/core/replay_filter.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "common/escape.hpp"

namespace {

void expect(bool condition) {
  if (!condition) std::abort();
}

bool has_forbidden_control(const std::string& text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == 0x7F ||
           (byte < 0x20 && std::string_view("\b\t\n\v\f\r\x0e\x0f\x1b").find(c) == std::string_view::npos);
  });
}

// Looks for queries in its own, simpler way: the filter's result is well formed.
bool has_query(std::string_view text) {
  for (std::size_t at = text.find('\x1b'); at != std::string_view::npos; at = text.find('\x1b', at + 1)) {
    const auto rest = text.substr(at + 1);
    if (rest.empty()) return true;
    if (std::string_view("ZP_^X").find(rest.front()) != std::string_view::npos) return true;
    if (rest.starts_with("]52;") || rest.starts_with("]9;") || rest.starts_with("]777;") || rest.starts_with("]99;"))
      return true;
    if (rest.starts_with("]10;?") || rest.starts_with("]11;?") || rest.starts_with("]4;0;?")) return true;
    if (rest.front() != '[') continue;
    const auto end = std::find_if(rest.begin() + 1, rest.end(), [](char c) { return c >= 0x40 && c <= 0x7E; });
    if (end == rest.end()) return true;
    if (*end == 'c' || (*end == 'n' && !rest.starts_with("[>"))) return true;
    if (rest.starts_with("[?u") || rest.starts_with("[>q") || rest.starts_with("[14t")) return true;
    if (*end == 'p' && *(end - 1) == '$') return true;
  }
  return false;
}

std::string filtered(std::string_view input, std::size_t cut) {
  ptyd::ReplayFilter filter;
  auto out = filter.filter(input.substr(0, cut));
  out += filter.filter(input.substr(cut));
  return out + filter.finish();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string input(data, data + size);
  const auto out = filtered(input, 0);
  expect(ptyd::is_utf8(out));
  expect(!has_forbidden_control(out));
  expect(!has_query(out));
  expect(out.size() <= 3 * size + 16);
  expect(filtered(input, size == 0 ? 0 : data[0] % (size + 1)) == out);
  expect(filtered(out, 0) == out);
  expect(ptyd::safe_start(input) <= size);

  ptyd::ModeScanner whole;
  whole.feed(input);
  ptyd::ModeScanner bytewise;
  for (const char& byte : input) bytewise.feed({&byte, 1});
  expect(whole.modes() == bytewise.modes());
  ptyd::ModeScanner restored;
  restored.feed(ptyd::restore_modes(whole.modes()));
  expect(restored.modes() == whole.modes());
  return 0;
}
