#include <pwd.h>
#include <unistd.h>

#include <array>
#include <cstdint>

#include "daemon/server/features.hpp"
#include "daemon/server/user.hpp"

namespace ptyd {

namespace {

struct User {
  std::string name = "unknown";
  std::string shell = "/bin/sh";
  std::string home = "/";
};

User look_up() {
  User user;
  std::array<char, 16 * 1024> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(::getuid(), &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr) return user;
  user.name = entry.pw_name;
  if (entry.pw_shell != nullptr && *entry.pw_shell != '\0') user.shell = entry.pw_shell;
  if (entry.pw_dir != nullptr && *entry.pw_dir != '\0') user.home = entry.pw_dir;
  return user;
}

}  // namespace

std::string login_shell() { return look_up().shell; }

std::string home_folder() { return look_up().home; }

std::vector<std::string> basic_environment() {
  const auto user = look_up();
  return {"HOME=" + user.home, "LOGNAME=" + user.name, "PATH=/usr/local/bin:/usr/bin:/bin", "SHELL=" + user.shell,
          "USER=" + user.name};
}

std::uint64_t process_id() noexcept { return static_cast<std::uint64_t>(::getpid()); }

}  // namespace ptyd
