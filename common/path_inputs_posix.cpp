#include <pwd.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <vector>

#include "common/environment_variable.hpp"
#include "common/runtime_paths.hpp"

namespace ptyd {

namespace {

std::string home_of(uid_t uid) {
  if (auto home = environment_variable("HOME")) return *home;
  std::vector<char> buffer(16 * 1024);
  struct passwd entry {};
  struct passwd* found = nullptr;
  if (::getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr) return {};
  return found->pw_dir != nullptr ? found->pw_dir : "";
}

// TMPDIR is not asked: it differs between the programs of one user, who must all find the same daemon.
std::string temp_dir() {
#ifdef _CS_DARWIN_USER_TEMP_DIR
  std::array<char, 1024> path{};
  const std::size_t size = ::confstr(_CS_DARWIN_USER_TEMP_DIR, path.data(), path.size());
  if (size > 1 && size <= path.size()) return path.data();
#endif
  return "/tmp";
}

}  // namespace

PathInputs system_path_inputs() {
  PathInputs inputs;
  inputs.env = environment_variable;
  inputs.temp_dir = temp_dir();
  inputs.user = std::to_string(::geteuid());
  inputs.set_user_id = ::getuid() != ::geteuid();
  inputs.home = home_of(::geteuid());
  inputs.max_socket_path = sizeof(sockaddr_un::sun_path) - 1;
  return inputs;
}

}  // namespace ptyd
