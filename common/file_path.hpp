// Between our text, which is UTF-8 on Windows and bytes elsewhere, and <filesystem>, which would take the user's code
// page there.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace ptyd {

// Windows: an empty path for what is not UTF-8 or holds a NUL.
std::filesystem::path file_path(std::string_view text);
std::string path_text(const std::filesystem::path& path);

}  // namespace ptyd
