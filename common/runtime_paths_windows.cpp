#include "common/escape.hpp"
#include "common/runtime_paths.hpp"

namespace ptyd {

namespace {

constexpr std::string_view kPrefix = R"(\\.\pipe\)";
constexpr std::size_t kMaxName = 128;

struct Origin {
  std::string path;
  std::string source;
};

Error bad_path(const Origin& origin, const std::string& why, std::string hint) {
  Error error;
  error.code = errc::invalid_argument;
  error.message = origin.source + " gives '" + escape_text(origin.path) + "', " + why;
  error.hint = std::move(hint);
  error.subject = origin.source;
  return error;
}

bool is_drive_path(const std::string& path) {
  const char drive = path.empty() ? '\0' : path[0];
  const bool letter = (drive >= 'A' && drive <= 'Z') || (drive >= 'a' && drive <= 'z');
  return letter && path.size() >= 3 && path[1] == ':' && (path[2] == '\\' || path[2] == '/');
}

std::string join(const std::string& folder, const std::string& name) {
  return folder.ends_with('\\') ? folder + name : folder + "\\" + name;
}

// The pipe's name is a folder's name, too: a dot at its end would be lost there.
bool is_plain(std::string_view name) {
  if (name.empty() || name.size() > kMaxName || name.back() == '.') return false;
  for (const char c : name) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!letter && c != '-' && c != '_' && c != '.') return false;
  }
  return true;
}

Origin choose_socket(const PathInputs& inputs, const std::optional<std::string>& socket) {
  if (socket) return {*socket, "--socket"};
  if (auto given = inputs.env("PTYD_SOCKET"); given && !given->empty()) return {std::move(*given), "PTYD_SOCKET"};
  return {std::string(kPrefix) + "ptyd-" + inputs.user, "your user"};
}

Result<std::string> choose_config(const PathInputs& inputs) {
  auto given = inputs.env("PTYD_CONFIG");
  if (!given || given->empty()) return join(join(inputs.home, "ptyd"), "ptyd.toml");
  if (!is_drive_path(*given) || given->find('\0') != std::string::npos)
    return bad_path({*given, "PTYD_CONFIG"}, "which is not an absolute path", R"(begin it with a drive: C:\)");
  return std::move(*given);
}

}  // namespace

Result<RuntimePaths> compute_paths(const PathInputs& inputs, const std::optional<std::string>& socket) {
  const auto chosen = choose_socket(inputs, socket);
  const std::string name = chosen.path.starts_with(kPrefix) ? chosen.path.substr(kPrefix.size()) : std::string();
  if (!is_plain(name))
    return bad_path(chosen, "which is no name of a pipe for ptyd",
                    R"(write \\.\pipe\NAME with a name of at most )" + std::to_string(kMaxName) +
                        " letters, digits, '-', '_' and '.'");
  if (!is_drive_path(inputs.home)) {
    Error error{errc::not_found, "the folder for local application data of this user is not known"};
    error.hint = "log in properly, so that the user's profile is loaded";
    return error;
  }
  RuntimePaths paths;
  paths.socket = chosen.path;
  paths.state_dir = join(inputs.home, "ptyd");
  paths.runtime_dir = join(join(paths.state_dir, "run"), name);
  paths.lock = join(paths.runtime_dir, "ptyd.lock");
  paths.start_lock = join(paths.runtime_dir, "start.lock");
  paths.hosts_dir = join(paths.runtime_dir, "hosts");
  paths.agents_dir = join(paths.runtime_dir, "agents");
  paths.log_file = join(paths.state_dir, "ptyd.log");
  auto config = choose_config(inputs);
  if (!config) return config.error();
  paths.config_file = std::move(*config);
  return paths;
}

}  // namespace ptyd
