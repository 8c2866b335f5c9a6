#include "common/file_path.hpp"
#include "common/wide_string.hpp"

namespace ptyd {

std::filesystem::path file_path(std::string_view text) {
  auto wide = to_wide(text);
  return wide ? std::filesystem::path(std::move(*wide)) : std::filesystem::path();
}

std::string path_text(const std::filesystem::path& path) { return to_utf8(path.native()); }

}  // namespace ptyd
