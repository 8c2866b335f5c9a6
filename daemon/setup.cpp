#include "daemon/setup.hpp"

#include <spdlog/spdlog.h>

#include <filesystem>
#include <utility>

#include "common/escape.hpp"
#include "common/file_path.hpp"
#include "common/local_endpoint.hpp"
#include "daemon/lifecycle.hpp"

namespace ptyd {

namespace {

Result<void> make_folders(Setup& setup) {
  if (auto made = make_parent_dirs(setup.paths.runtime_dir); !made) return made;
  auto runtime = open_private_dir(setup.paths.runtime_dir, true);
  if (!runtime) return runtime.error();
  setup.runtime_dir = std::move(*runtime);
  for (const auto& folder : {setup.paths.hosts_dir, setup.paths.agents_dir})
    if (auto made = open_private_dir(folder, true); !made) return made.error();
  return {};
}

Result<void> open_listener(Setup& setup) {
  auto inherited = inherited_listener();
  if (!inherited) return inherited.error();
  if (*inherited) {
    setup.listener = std::move(**inherited);
    setup.listener_is_ours = false;
    return {};
  }
  auto listener = listen_local(setup.paths.socket);
  if (!listener) return listener.error();
  setup.listener = std::move(*listener);
  return {};
}

}  // namespace

LogOptions log_options(const Config& config, const DaemonOptions& options, const RuntimePaths& paths) {
  LogOptions log;
  log.level = options.log_level.value_or(config.log_level);
  log.file = config.log_file.empty() ? paths.log_file : config.log_file;
  log.max_bytes = config.log_max_bytes;
  log.max_files = config.log_max_files;
  const auto target = options.log_target.value_or(config.log_target);
  if (target == "file") {
    log.target = LogOptions::Target::file;
  } else if (target == "journal" || (target == "auto" && logs_to_journal())) {
    log.target = LogOptions::Target::journal;
  }
  return log;
}

Result<void> read_config(Setup& setup, const DaemonOptions& options) {
  setup.config_file = options.config.value_or(setup.paths.config_file);
  setup.config_must_exist = options.config.has_value();
  if (setup.config_file.empty()) return {};
  auto config = load_config(setup.config_file, setup.config_must_exist);
  if (!config) return config.error();
  setup.config = std::move(*config);
  std::error_code ignored;
  if (!std::filesystem::exists(file_path(setup.config_file), ignored)) setup.config_file.clear();
  return {};
}

Result<void> start_logging(const Setup& setup, const DaemonOptions& options) {
  const auto log = log_options(setup.config, options, setup.paths);
  if (log.target == LogOptions::Target::file)
    if (auto made = make_parent_dirs(log.file); !made) return made;
  return set_up_logging(log);
}

Result<Setup> go_on(const DaemonOptions& options, const SavedState& saved) {
  Setup setup;
  setup.lock.reset(saved.lock);
  setup.listener.reset(saved.listener);
  setup.listener_is_ours = saved.listener_is_ours;
  auto paths = compute_paths(system_path_inputs(), options.socket);
  if (!paths) return paths.error();
  setup.paths = std::move(*paths);
  const auto read = read_config(setup, options);
  const auto started = start_logging(setup, options);
  const auto made = make_folders(setup);
  for (const auto& step : {read, started, made}) {
    if (step) continue;
    spdlog::error("{}", escape_text(step.error().message));
    setup.config.warnings.push_back(step.error().message);
  }
  return setup;
}

Result<Setup> set_up(const DaemonOptions& options) {
  Setup setup;
  auto paths = compute_paths(system_path_inputs(), options.socket);
  if (!paths) return paths.error();
  setup.paths = std::move(*paths);
  if (auto allowed = check_rights(setup.paths.socket); !allowed) return allowed.error();
  if (auto read = read_config(setup, options); !read) return read.error();
  if (auto started = start_logging(setup, options); !started) return started.error();
  if (auto made = make_folders(setup); !made) return made.error();
  auto lock = take_lock(setup.paths.lock);
  if (!lock) return lock.error();
  setup.lock = std::move(*lock);
  if (auto opened = open_listener(setup); !opened) return opened.error();
  return setup;
}

}  // namespace ptyd
