#include "daemon/config.hpp"

// The parser asserts what a broken file can make untrue, and then finds that out by itself: a mistake in a file must not
// end us.
#define TOML_ASSERT(condition) static_cast<void>(0)
#include <toml++/toml.h>
#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <system_error>

#include "common/file_path.hpp"
#include "common/quantity.hpp"

namespace ptyd {

namespace {

constexpr std::uint64_t kLargestFile = 1024 * 1024;

// Takes values out of one table; what was never asked for is unknown.
class TableReader {
 public:
  TableReader(const toml::table& root, std::string name, const std::string& path, Config& config)
      : name_(std::move(name)), path_(path), config_(config) {
    if (const auto* node = root.get(name_)) {
      table_ = node->as_table();
      if (table_ == nullptr) fail(*node, name_, "must be a table");
    }
  }

  void text(const char* key, std::string& into, std::initializer_list<const char*> allowed = {}) {
    const auto* node = take(key);
    if (node == nullptr) return;
    const auto value = node->value_exact<std::string>();
    if (!value) return fail(*node, key, "must be a string");
    const bool fine = allowed.size() == 0 ||
                      std::any_of(allowed.begin(), allowed.end(), [&value](const char* one) { return *value == one; });
    if (!fine) {
      std::string list;
      for (const auto* one : allowed) list += (list.empty() ? "" : ", ") + std::string(one);
      return fail(*node, key, "must be one of " + list);
    }
    into = *value;
  }

  template <class Number>
  void number(const char* key, Number& into, std::int64_t min, std::int64_t max) {
    const auto* node = take(key);
    if (node == nullptr) return;
    const auto value = node->value_exact<std::int64_t>();
    if (!value || *value < min || *value > max)
      return fail(*node, key, "must be a whole number from " + std::to_string(min) + " to " + std::to_string(max));
    into = static_cast<Number>(*value);
  }

  void bytes(const char* key, std::uint64_t& into, std::uint64_t min, std::uint64_t max) {
    const auto* node = take(key);
    if (node == nullptr) return;
    const auto text = node->value_exact<std::string>();
    const auto value = text ? parse_bytes(*text) : Result<std::uint64_t>(Error{errc::invalid_argument, ""});
    if (!value || *value < min || *value > max)
      return fail(
          *node, key,
          "must be a size like \"4MiB\", from " + std::to_string(min) + " to " + std::to_string(max) + " bytes");
    into = *value;
  }

  void flag(const char* key, bool& into) {
    const auto* node = take(key);
    if (node == nullptr) return;
    const auto value = node->value_exact<bool>();
    if (!value) return fail(*node, key, "must be true or false");
    into = *value;
  }

  void duration(const char* key, std::chrono::milliseconds& into) {
    const auto* node = take(key);
    if (node == nullptr) return;
    const auto text = node->value_exact<std::string>();
    const auto value =
        text ? parse_duration(*text) : Result<std::chrono::milliseconds>(Error{errc::invalid_argument, ""});
    if (!value) return fail(*node, key, "must be a duration like \"5s\" or \"24h\"");
    into = *value;
  }

  void warn_about_others() {
    if (table_ == nullptr) return;
    for (const auto& [key, node] : *table_) {
      if (std::find(taken_.begin(), taken_.end(), key.str()) != taken_.end()) continue;
      config_.warnings.push_back(place(node) + "unknown key " + name_ + "." + std::string(key.str()));
    }
  }

  const std::optional<Error>& error() const noexcept { return error_; }

 private:
  const toml::node* take(const char* key) {
    taken_.emplace_back(key);
    return table_ == nullptr ? nullptr : table_->get(key);
  }
  std::string place(const toml::node& node) const {
    return path_ + ":" + std::to_string(node.source().begin.line) + ": ";
  }
  void fail(const toml::node& node, const std::string& key, const std::string& why) {
    if (error_) return;
    error_ = Error{errc::invalid_argument, place(node) + (key == name_ ? "" : name_ + ".") + key + " " + why};
    error_->hint = "see ptyd.toml(5)";
    error_->subject = name_ + "." + key;
  }

  std::string name_;
  const std::string& path_;
  Config& config_;
  const toml::table* table_ = nullptr;
  std::vector<std::string> taken_;
  std::optional<Error> error_;
};

std::optional<Error> read_daemon(const toml::table& root, const std::string& path, Config& config) {
  TableReader daemon(root, "daemon", path, config);
  daemon.text("log_level", config.log_level, {"trace", "debug", "info", "warn", "error", "off"});
  daemon.text("log_target", config.log_target, {"auto", "journal", "stderr", "file"});
  daemon.text("log_file", config.log_file);
  daemon.bytes("log_max_bytes", config.log_max_bytes, 64 * 1024, std::uint64_t{1} << 30);
  daemon.number("log_max_files", config.log_max_files, 1, 100);
  daemon.number("max_connections", config.settings.max_connections, 1, 100'000);
  daemon.number("max_unauthenticated", config.settings.max_unauthenticated, 1, 10'000);
  daemon.number("max_attachments", config.settings.max_attachments, 1, 1'000'000);
  daemon.number("max_recordings", config.settings.max_recordings, 1, 100'000);
  daemon.warn_about_others();
  return daemon.error();
}

std::optional<Error> read_session(const toml::table& root, const std::string& path, Config& config) {
  auto& settings = config.settings;
  TableReader session(root, "session", path, config);
  std::string policy = "latest";
  session.bytes("history", settings.history_bytes, kMinHistory, kMaxHistory);
  session.flag("screen", settings.screen);
  session.bytes("scrollback", settings.scrollback_bytes, 0, kMaxScrollback);
  session.number("scrollback_lines", settings.scrollback_lines, 0, 10'000'000);
  session.bytes("replay", settings.replay_bytes, 0, kMaxHistory);
  session.text("policy", policy, {"latest", "smallest", "largest", "manual"});
  session.text("term", settings.term);
  session.text("shell", settings.shell);
  session.number("max_sessions", settings.max_sessions, 1, 100'000);
  session.bytes("max_history", settings.max_history_bytes, kMinHistory, kMaxAllHistory);
  session.duration("keep_exited", settings.keep_exited);
  session.duration("kill_grace", settings.kill_grace);
  session.warn_about_others();
  const std::map<std::string, SizePolicy> policies{{"latest", SizePolicy::latest},
                                                   {"smallest", SizePolicy::smallest},
                                                   {"largest", SizePolicy::largest},
                                                   {"manual", SizePolicy::manual}};
  settings.policy = policies.at(policy);
  return session.error();
}

}  // namespace

Result<Config> parse_config(const std::string& text, const std::string& path) {
  Config config;
  toml::table root;
  try {
    root = toml::parse(text, path);
  } catch (const toml::parse_error& problem) {
    Error error{errc::invalid_argument,
                path + ":" + std::to_string(problem.source().begin.line) + ": " + std::string(problem.description())};
    error.hint = "see ptyd.toml(5) for the format";
    return error;
  }
  if (auto error = read_daemon(root, path, config)) return *error;
  if (auto error = read_session(root, path, config)) return *error;
  for (const auto& [key, node] : root)
    if (key.str() != "daemon" && key.str() != "session")
      config.warnings.push_back(path + ":" + std::to_string(node.source().begin.line) + ": unknown key " +
                                std::string(key.str()));
  return config;
}

Result<Config> load_config(const std::string& path, bool must_exist) {
  errno = 0;
  std::ifstream file(file_path(path), std::ios::binary);
  if (!file) {
    const std::error_code reason(errno, std::generic_category());
    const bool missing = reason == std::errc::no_such_file_or_directory;
    if (missing && !must_exist) return Config{};
    return Error{missing ? errc::not_found : errc::permission_denied,
                 "open the configuration file " + path + ": " + reason.message()};
  }
  std::string text;
  text.resize(kLargestFile + 1);
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kLargestFile)
    return Error{errc::invalid_argument, "the configuration file " + path + " is too large"};
  return parse_config(text, path);
}

}  // namespace ptyd
