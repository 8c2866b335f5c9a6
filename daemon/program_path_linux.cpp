#include <filesystem>

#include "daemon/program_path.hpp"

namespace ptyd {

std::string program_path() {
  std::error_code error;
  const auto path = std::filesystem::read_symlink("/proc/self/exe", error);
  return error ? std::string() : path.string();
}

}  // namespace ptyd
