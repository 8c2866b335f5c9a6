#include <mach-o/dyld.h>

#include <cstdint>

#include "common/program_path.hpp"

namespace ptyd {

std::string program_path() {
  std::uint32_t size = 0;
  ::_NSGetExecutablePath(nullptr, &size);
  std::string path(size, '\0');
  if (::_NSGetExecutablePath(path.data(), &size) != 0) return {};
  return path.c_str();
}

}  // namespace ptyd
