#include <sys/sysctl.h>
#include <sys/types.h>

#include <array>
#include <climits>

#include "common/program_path.hpp"

namespace ptyd {

std::string program_path() {
  const std::array<int, 4> name{CTL_KERN, KERN_PROC, KERN_PROC_PATHNAME, -1};
  std::array<char, PATH_MAX> path{};
  std::size_t size = path.size();
  if (::sysctl(name.data(), name.size(), path.data(), &size, nullptr, 0) != 0) return {};
  return path.data();
}

}  // namespace ptyd
