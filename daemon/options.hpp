// The command line of ptyd.
#pragma once

#include <optional>
#include <string>
#include <variant>

namespace ptyd {

struct DaemonOptions {
  std::optional<std::string> config;  // path of the configuration file
  bool check_config = false;
  std::optional<std::string> socket;
  std::optional<std::string> log_level;
  std::optional<std::string> log_target;
  std::optional<int> ready_fd;
  std::optional<std::string> host_program;
};

// Nothing to do but to print `text` and to end with `status`.
struct PrintAndExit {
  std::string text;
  int status = 0;
};

std::variant<DaemonOptions, PrintAndExit> parse_options(int argc, const char* const* argv);

}  // namespace ptyd
