// Whatever goes in, what comes out is one printable line.
#include "common/escape.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

namespace {

void expect(bool condition) {
  if (!condition) std::abort();
}

bool printable_ascii(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
}

bool no_control_byte(const std::string& text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::string text = ptyd::escape_text(input);
  expect(ptyd::is_utf8(text));
  expect(no_control_byte(text));
  expect(text.find("\xC2\x9B") == std::string::npos);  // CSI of one byte
  expect(printable_ascii(ptyd::escape_ascii(input)));
  expect(printable_ascii(ptyd::escape_json(input)));
  expect(ptyd::base64_encode(input).size() == (size + 2) / 3 * 4);
  return 0;
}
