#include "client/commands/system.hpp"

namespace ptyd {

Result<std::string> read_small_file(const std::string& path, std::size_t max_bytes) {
  std::string text;
  const auto append = [&](std::string_view bytes) -> Result<void> {
    text += bytes;
    if (text.size() <= max_bytes) return {};
    return Error{errc::invalid_argument, path + " is longer than " + std::to_string(max_bytes) + " bytes"};
  };
  if (auto read = read_file(path, append); !read) return read.error();
  return text;
}

}  // namespace ptyd
