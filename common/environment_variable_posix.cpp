#include <cstdlib>

#include "common/environment_variable.hpp"

namespace ptyd {

std::optional<std::string> environment_variable(const char* name) {
  const char* const value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

}  // namespace ptyd
