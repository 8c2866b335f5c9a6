#include "common/file_path.hpp"

namespace ptyd {

std::filesystem::path file_path(std::string_view text) { return text; }
std::string path_text(const std::filesystem::path& path) { return path.native(); }

}  // namespace ptyd
