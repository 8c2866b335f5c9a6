#include "common/runtime_paths.hpp"

namespace ptyd {

namespace {

constexpr std::size_t kIdDigits = 32;

Error bad_path(const std::string& path, const std::string& source, const std::string& why, std::string hint) {
  Error error;
  error.code = errc::invalid_argument;
  error.message = source + " gives '" + path + "', " + why;
  error.hint = std::move(hint);
  error.subject = source;
  return error;
}

// A path and where it came from, for messages.
struct Origin {
  std::string path;
  std::string source;
};

std::string without_trailing_slashes(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

std::string parent_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == 0 ? "/" : without_trailing_slashes(path.substr(0, slash));
}

std::string join(const std::string& folder, const std::string& name) {
  return folder == "/" ? folder + name : folder + "/" + name;
}

std::optional<Origin> from_env(const PathInputs& inputs, const char* name) {
  auto value = inputs.env(name);
  if (!value || value->empty()) return std::nullopt;
  return Origin{std::move(*value), name};
}

Result<void> check_absolute(const Origin& origin) {
  if (origin.path.starts_with('/') && origin.path.find('\0') == std::string::npos) return {};
  return bad_path(origin.path, origin.source, "which is not an absolute path", "begin it with '/'");
}

Result<void> check_length(const PathInputs& inputs, const std::string& path, const std::string& source) {
  if (path.size() <= inputs.max_socket_path) return {};
  return bad_path(path, source,
                  "which has " + std::to_string(path.size()) + " bytes: a socket path may have " +
                      std::to_string(inputs.max_socket_path) + " here",
                  "choose a shorter folder with --socket, PTYD_SOCKET or XDG_RUNTIME_DIR");
}

// The socket's path.
Result<Origin> choose_socket(const PathInputs& inputs, const std::optional<std::string>& socket) {
  Origin chosen;
  if (socket) {
    chosen = {*socket, "--socket"};
  } else if (auto given = from_env(inputs, "PTYD_SOCKET")) {
    chosen = std::move(*given);
  } else if (auto xdg = from_env(inputs, "XDG_RUNTIME_DIR")) {
    if (const auto ok = check_absolute(*xdg); !ok) return ok.error();
    return Origin{join(without_trailing_slashes(xdg->path), "ptyd/ptyd.sock"), xdg->source};
  } else {
    const std::string folder = join(without_trailing_slashes(inputs.temp_dir), "ptyd-" + inputs.user);
    return Origin{join(folder, "ptyd.sock"), "the temporary directory"};
  }
  if (const auto ok = check_absolute(chosen); !ok) return ok.error();
  if (chosen.path.back() == '/')
    return bad_path(chosen.path, chosen.source, "which is a folder",
                    "name a socket in it: " + chosen.path + "ptyd.sock");
  return chosen;
}

// XDG_..._HOME/ptyd or HOME/`below_home`/ptyd; empty when there is neither.
Result<std::string> user_dir(const PathInputs& inputs, const char* variable, const char* below_home) {
  if (const auto xdg = from_env(inputs, variable)) {
    if (const auto ok = check_absolute(*xdg); !ok) return ok.error();
    return join(without_trailing_slashes(xdg->path), "ptyd");
  }
  if (!inputs.home.starts_with('/')) return std::string();
  return join(without_trailing_slashes(inputs.home), std::string(below_home) + "/ptyd");
}

Result<std::string> choose_config(const PathInputs& inputs) {
  if (auto given = from_env(inputs, "PTYD_CONFIG")) {
    if (const auto ok = check_absolute(*given); !ok) return ok.error();
    return std::move(given->path);
  }
  auto folder = user_dir(inputs, "XDG_CONFIG_HOME", ".config");
  if (!folder || folder->empty()) return folder;
  return join(*folder, "ptyd.toml");
}

}  // namespace

Result<RuntimePaths> compute_paths(const PathInputs& inputs, const std::optional<std::string>& socket) {
  if (inputs.set_user_id) {
    Error error{errc::permission_denied, "the real and the effective user of this process differ"};
    error.hint = "ptyd serves the user it runs as: do not make it set-user-ID, use su or sudo instead";
    return error;
  }
  const auto chosen = choose_socket(inputs, socket);
  if (!chosen) return chosen.error();
  RuntimePaths paths;
  paths.socket = chosen->path;
  paths.runtime_dir = parent_of(paths.socket);
  paths.lock = join(paths.runtime_dir, "ptyd.lock");
  paths.start_lock = join(paths.runtime_dir, "start.lock");
  paths.hosts_dir = join(paths.runtime_dir, "hosts");
  paths.agents_dir = join(paths.runtime_dir, "agents");
  if (const auto ok = check_length(inputs, paths.socket, chosen->source); !ok) return ok.error();
  const std::string longest = join(paths.agents_dir, std::string(kIdDigits, '0'));
  if (const auto ok = check_length(inputs, longest, chosen->source); !ok) return ok.error();

  auto state = user_dir(inputs, "XDG_STATE_HOME", ".local/state");
  if (!state) return state.error();
  paths.state_dir = state->empty() ? paths.runtime_dir : std::move(*state);
  paths.log_file = join(paths.state_dir, "ptyd.log");
  auto config = choose_config(inputs);
  if (!config) return config.error();
  paths.config_file = std::move(*config);
  return paths;
}

}  // namespace ptyd
