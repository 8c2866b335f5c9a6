#include "client/commands/create_request.hpp"

#include <algorithm>
#include <filesystem>

#include "client/cli/option_set.hpp"
#include "client/commands/attach_loop.hpp"
#include "client/commands/record_request.hpp"
#include "client/commands/system.hpp"
#include "client/drive/shell_integration.hpp"
#include "common/file_path.hpp"
#include "common/random.hpp"

namespace ptyd {

namespace {

constexpr std::size_t kMaxEnvFile = 1024 * 1024;

using Variables = std::vector<std::pair<std::string, std::string>>;

void set_variable(Variables& variables, std::string name, std::string value) {
  std::erase_if(variables, [&](const auto& entry) { return entry.first == name; });
  variables.emplace_back(std::move(name), std::move(value));
}

// NAME=VALUE lines; empty ones and those that begin with # are left out.
Result<void> add_env_file(Variables& variables, const std::string& path) {
  const auto text = read_small_file(path, kMaxEnvFile);
  if (!text) return text.error();
  std::string_view rest = *text;
  for (std::size_t number = 1; !rest.empty(); ++number) {
    const auto end = std::min(rest.find('\n'), rest.size());
    const auto line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.empty() || line.front() == '#') continue;
    const auto equals = line.find('=');
    if (equals == std::string_view::npos || equals == 0)
      return usage_error(path + ":" + std::to_string(number) + ": not NAME=VALUE");
    set_variable(variables, std::string(line.substr(0, equals)), std::string(line.substr(equals + 1)));
  }
  return {};
}

Result<Variables> session_variables(const CommandContext& context, const NewOptions& options) {
  // Another machine's programs need that machine's environment: its daemon knows one.
  if (context.remote()) {
    if (options.env.empty() && options.env_files.empty()) return Variables();
    return usage_error("-e and --env-file can't be used with --host", "start `env NAME=VALUE PROGRAM` there");
  }
  auto variables = environment();
  for (const auto& path : options.env_files)
    if (auto added = add_env_file(variables, path); !added) return added.error();
  for (const auto& setting : options.env) {
    if (setting.value) set_variable(variables, setting.name, *setting.value);
  }
  return variables;
}

Result<std::string> start_folder(const CommandContext& context, const NewOptions& options) {
  if (context.remote()) return options.directory.value_or("");
  std::error_code error;
  auto folder = std::filesystem::current_path(error);
  if (error && !options.directory) return os_error("find the current directory", error.value());
  if (options.directory) folder /= file_path(*options.directory);
  return path_text(folder.lexically_normal());
}

}  // namespace

Result<v1::CreateRequest> make_create_request(const CommandContext& context, const NewOptions& options,
                                              std::optional<TerminalSize> terminal) {
  v1::CreateRequest request;
  const auto id = random_bytes16();
  request.set_id(std::string(id.begin(), id.end()));
  request.set_name(options.name);
  for (const auto& argument : options.program) request.add_argv(argument);
  const auto variables = session_variables(context, options);
  if (!variables) return variables.error();
  for (const auto& [name, value] : *variables) {
    auto* variable = request.add_env();
    variable->set_name(name);
    variable->set_value(value);
  }
  const auto folder = start_folder(context, options);
  if (!folder) return folder.error();
  request.set_cwd(*folder);
  if (options.size) {
    request.mutable_size()->set_cols(options.size->cols);
    request.mutable_size()->set_rows(options.size->rows);
  } else if (terminal) {
    *request.mutable_size() = to_wire(*terminal);
  }
  if (options.policy) request.set_policy(*options.policy);
  for (const auto& [key, value] : options.labels) {
    auto* label = request.add_labels();
    label->set_key(key);
    label->set_value(value);
  }
  request.set_history_bytes(options.history_bytes.value_or(0));
  request.set_remove_on_exit(options.remove_on_exit);
  if (options.ttl) request.set_ttl_ms(static_cast<std::uint64_t>(options.ttl->count()));
  request.set_login(options.login);
  if (options.record) {
    const auto path = recording_path(context, *options.record);
    if (!path) return path.error();
    *request.mutable_record() = record_spec(*path, 0, options.record_input, 0);
  }
  // The program's bytes reach this terminal as they are, so it is this terminal that it must know.
  const auto term = context.env("TERM");
  request.set_term(options.term.value_or(terminal && term != "dumb" ? term : ""));
  if (options.shell_integration) {
    if (context.remote()) return usage_error("--shell-integration can't be used with --host");
    if (auto integrated = integrate_shell(request, context.env("SHELL")); !integrated) return integrated.error();
  }
  return request;
}

}  // namespace ptyd
