// The configuration file, ptyd.toml(5).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/error.hpp"
#include "common/log.hpp"
#include "daemon/server/daemon_state.hpp"

namespace ptyd {

struct Config {
  std::string log_level = "info";
  std::string log_target = "auto";  // auto, journal, stderr, file
  std::string log_file;             // empty: the state folder's
  std::uint64_t log_max_bytes = 4 * 1024 * 1024;
  std::size_t log_max_files = 3;
  ServerSettings settings;
  std::vector<std::string> warnings;  // unknown keys, each with its line
};

// Pure: `text` is the file's content, `path` its name for messages.
// Errors: invalid_argument that names file, line and key.
Result<Config> parse_config(const std::string& text, const std::string& path);

// Reads and parses `path`. With `must_exist` false, a missing file gives the defaults.
Result<Config> load_config(const std::string& path, bool must_exist);

}  // namespace ptyd
