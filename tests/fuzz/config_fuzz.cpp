// Any text as a configuration: values within their ranges, or an error that names the file.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "daemon/config.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto config = ptyd::parse_config(std::string(reinterpret_cast<const char*>(data), size), "some.toml");
  if (!config && config.error().message.find("some.toml") == std::string::npos) std::abort();
  return 0;
}
