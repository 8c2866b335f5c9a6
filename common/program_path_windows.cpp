#include <windows.h>

#include <string>

#include "common/program_path.hpp"
#include "common/wide_string.hpp"

namespace ptyd {

std::string program_path() {
  constexpr std::size_t kLongest = 32768;  // units; no path is longer
  std::wstring path(kLongest, L'\0');
  const DWORD size = ::GetModuleFileNameW(nullptr, path.data(), static_cast<DWORD>(path.size()));
  if (size == 0 || size == path.size()) return {};
  path.resize(size);
  return to_utf8(path);
}

}  // namespace ptyd
