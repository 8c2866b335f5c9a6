// What a host reads from a daemon, and the description that it is started with: any bytes, in any cuts.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/host/message_buffer.hpp"
#include "daemon/host/rules.hpp"
#include "daemon/host/spec.hpp"

namespace host = ptyd::host;

namespace {

void expect(bool condition) {
  if (!condition) std::abort();
}

// The messages that were read, until one broke the rules. `ahead`: reads go beyond a message, where there is room.
std::string read_all(std::string_view input, std::size_t step, bool ahead) {
  host::MessageBuffer buffer;
  std::string messages;
  while (!input.empty()) {
    const std::size_t count = std::min({ahead ? buffer.room() : buffer.missing(), input.size(), step});
    if (count > 0) std::memcpy(buffer.end(), input.data(), count);
    input.remove_prefix(count);
    for (buffer.add(count); buffer.proper() && buffer.whole(); buffer.next()) {
      const host::MessageHeader& header = buffer.header();
      messages += std::to_string(header.type) + ":";
      messages.append(reinterpret_cast<const char*>(buffer.body()), header.size);
      for (const bool attached : {false, true})
        for (const bool guest : {false, true})
          messages += host::allowed(header, {true, attached, guest, 8}) ? '+' : '-';
    }
    if (!buffer.proper()) return messages + "broken";
    expect(buffer.missing() <= host::kMaxMessage && buffer.missing() <= buffer.room());
  }
  return messages;
}

void check_spec(std::string_view input) {
  host::Spec spec;
  if (input.size() < sizeof spec.fixed) return;
  std::memcpy(&spec.fixed, input.data(), sizeof spec.fixed);
  // Most inputs would stop at these.
  spec.fixed.magic = host::kSpecMagic;
  spec.fixed.version = host::kProtocolVersion;
  spec.fixed.ring_capacity = host::kMinRing;
  const std::string_view strings = input.substr(sizeof spec.fixed);
  spec.fixed.strings_size = strings.size();
  if (host::check_sizes(spec.fixed) != 0) return;
  std::size_t strings_at = 0;
  const std::size_t bytes = host::memory_needed(spec.fixed, strings_at);
  expect(strings_at + strings.size() == bytes && bytes <= 64 * (input.size() + 64));
  std::vector<char*> memory((bytes + sizeof(char*) - 1) / sizeof(char*));
  spec.memory = memory.data();
  strings.copy(reinterpret_cast<char*>(memory.data()) + strings_at, strings.size());
  if (host::find_strings(spec) != 0) return;
  std::size_t length = std::strlen(spec.socket_path) + std::strlen(spec.cwd) + std::strlen(spec.file) + 3;
  for (char** at = spec.argv; *at != nullptr; ++at) length += std::strlen(*at) + 1;
  for (char** at = spec.envp; *at != nullptr; ++at) length += std::strlen(*at) + 1;
  expect(length == strings.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::string whole = read_all(input, input.size(), false);
  for (const bool ahead : {false, true})
    for (const std::size_t step : {std::size_t{1}, std::size_t{13}, input.size()})
      expect(read_all(input, step, ahead) == whole);
  check_spec(input);
  return 0;
}
