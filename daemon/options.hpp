// The command line of ptyd.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace ptyd {

struct DaemonOptions {
  std::optional<std::string> config;  // path of the configuration file
  bool check_config = false;
  std::optional<std::string> socket;
  std::optional<std::string> log_level;
  std::optional<std::string> log_target;
  std::optional<int> ready_fd;
  std::optional<std::string> host_program;
  // Of a daemon whose place this program takes: the descriptor of its state.
  std::optional<int> check_state;   // say whether it can be taken over, and end
  std::optional<int> resume_state;  // take it over
};

// Nothing to do but to print `text` and to end with `status`.
struct PrintAndExit {
  std::string text;
  int status = 0;
};

// The arguments that make a program do the same, but for what is done once only.
std::vector<std::string> arguments_of(const DaemonOptions& options);

std::variant<DaemonOptions, PrintAndExit> parse_options(int argc, const char* const* argv);

}  // namespace ptyd
