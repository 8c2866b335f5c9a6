#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/unit/failures/daemon_place.hpp"

namespace ptyd {

DaemonPlace daemon_place(const std::string& folder) {
  const char* const programs = std::getenv("PTYD_BIN_DIR");
  const std::string from = std::filesystem::absolute(programs != nullptr ? programs : "bin").string();
  const std::string config = folder + "/ptyd.toml";
  std::ofstream{config};
  ::setenv("PTYD_CONFIG", config.c_str(), 1);
  ::setenv("XDG_STATE_HOME", folder.c_str(), 1);
  return {folder + "/ptyd.sock", from + "/ptyd", from + "/pty_child"};
}

}  // namespace ptyd
