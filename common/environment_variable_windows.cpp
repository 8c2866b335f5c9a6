#include <windows.h>

#include "common/environment_variable.hpp"
#include "common/wide_string.hpp"

namespace ptyd {

// Not getenv(): what the user's code page has no letter for would come as another one.
std::optional<std::string> environment_variable(const char* name) {
  const auto wide = to_wide(name);
  if (!wide) return std::nullopt;
  std::wstring value;
  DWORD size = ::GetEnvironmentVariableW(wide->c_str(), nullptr, 0);
  // Another thread may make it longer in between.
  while (size > value.size()) {
    value.resize(size);
    size = ::GetEnvironmentVariableW(wide->c_str(), value.data(), size);
  }
  value.resize(size);
  if (value.empty()) return std::nullopt;
  return to_utf8(value);
}

}  // namespace ptyd
