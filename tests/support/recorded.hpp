// The protocol between ptyd and ptyd-host as it was recorded: tests/golden/host/v1.
#pragma once

#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>

namespace ptyd {

// The bytes of NAME.hex.
inline std::string recorded(const std::string& name) {
  const char* const source = std::getenv("PTYD_SOURCE_DIR");
  std::ifstream file(std::string(source != nullptr ? source : ".") + "/tests/golden/host/v1/" + name + ".hex");
  std::string bytes;
  for (std::string byte; file >> byte;) bytes += static_cast<char>(std::stoi(byte, nullptr, 16));
  if (bytes.empty()) throw std::runtime_error("there is no recording of " + name);
  return bytes;
}

}  // namespace ptyd
