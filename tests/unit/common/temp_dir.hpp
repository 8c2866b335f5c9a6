// A private folder that is gone at the end of the test.
#pragma once

#include <filesystem>
#include <random>
#include <string>
#include <system_error>

namespace ptyd {

class TempDir {
 public:
  TempDir() {
    std::random_device random;
    std::filesystem::path folder;
    do folder = base() / ("ptyd-test-" + std::to_string(random()));
    while (!std::filesystem::create_directory(folder));
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all);
    path_ = folder.generic_string();
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const noexcept { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  static std::filesystem::path base() {
#ifdef _WIN32
    return std::filesystem::temp_directory_path();
#else
    return "/tmp";  // what TMPDIR names may be too long for a socket's address
#endif
  }

  std::string path_;
};

}  // namespace ptyd
