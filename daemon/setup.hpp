// What the daemon settles before its loop runs.
#pragma once

#include <string>

#include "common/error.hpp"
#include "common/log.hpp"
#include "common/runtime_paths.hpp"
#include "common/unique_handle.hpp"
#include "daemon/config.hpp"
#include "daemon/handover/saved_state.hpp"
#include "daemon/options.hpp"

namespace ptyd {

struct Setup {
  RuntimePaths paths;
  std::string config_file;
  bool config_must_exist = false;
  Config config;
  UniqueHandle runtime_dir;
  UniqueHandle lock;
  UniqueHandle listener;
  bool listener_is_ours = true;
};

LogOptions log_options(const Config& config, const DaemonOptions& options, const RuntimePaths& paths);
Result<void> read_config(Setup& setup, const DaemonOptions& options);
Result<void> start_logging(const Setup& setup, const DaemonOptions& options);

// Reads the configuration, begins the log, makes the folders, takes the lock and listens.
Result<Setup> set_up(const DaemonOptions& options);

// As set_up(), where another program was. What does not work now stops nobody: clients are connected.
Result<Setup> go_on(const DaemonOptions& options, const SavedState& saved);

}  // namespace ptyd
