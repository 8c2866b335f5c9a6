#include <windows.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/unit/common/pipe_pair.hpp"
#include "tests/unit/failures/daemon_place.hpp"

namespace ptyd {

DaemonPlace daemon_place(const std::string& folder) {
  const char* const programs = std::getenv("PTYD_BIN_DIR");
  const auto from = std::filesystem::absolute(programs != nullptr ? programs : "bin");
  const auto config = std::filesystem::absolute(folder + "/ptyd.toml");
  std::ofstream{config};
  ::SetEnvironmentVariableW(L"PTYD_CONFIG", config.c_str());
  return {unused_pipe_name(), (from / "ptyd.exe").string(), (from / "console_child.exe").string()};
}

}  // namespace ptyd
