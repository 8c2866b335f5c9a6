// Any bytes as the state of another daemon: refused, or a state that is written as it was read. Input: a 0 and a file;
// or another byte and the content of one, which gets a fitting header.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "daemon/handover/crc32.hpp"
#include "daemon/handover/state_file.hpp"
#include "daemon/handover/state_writer.hpp"

namespace {

void expect(bool condition) {
  if (!condition) std::abort();
}

std::string with_header(std::string_view content) {
  auto file = *ptyd::encode_state({});
  constexpr std::size_t kBeforeChecksum = 12;
  ptyd::StateWriter rest;
  rest(ptyd::crc32(content), std::uint64_t{content.size()});
  file.resize(kBeforeChecksum);
  return file + rest.take() + std::string(content);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto state = ptyd::decode_state(data[0] == 0 ? std::string(input) : with_header(input));
  if (!state) {
    expect(!state.error().message.empty());
    return 0;
  }
  const auto bytes = ptyd::encode_state(*state);
  expect(bytes.has_value());
  const auto again = ptyd::decode_state(*bytes);
  expect(again && *ptyd::encode_state(*again) == *bytes);
  return 0;
}
