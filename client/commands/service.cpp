#include <filesystem>

#include "client/commands/commands.hpp"
#include "client/commands/service_manager.hpp"
#include "client/commands/system.hpp"
#include "common/escape.hpp"
#include "common/file_path.hpp"
#include "common/runtime_paths.hpp"

namespace ptyd {

namespace {

// systemd.syntax(7) has C-style escapes; specifiers and variables are escaped by doubling, systemd.unit(5).
std::string systemd_escaped(char c) {
  constexpr std::string_view kEscaped = " \t\"'\\;";
  if (c == '%' || c == '$') return std::string(2, c);
  if (kEscaped.find(c) == std::string_view::npos) return std::string(1, c);
  constexpr std::string_view kDigits = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  return std::string("\\x") + kDigits[byte >> 4] + kDigits[byte & 15];
}

std::string xml_escaped(char c) {
  if (c == '&') return "&amp;";
  if (c == '<') return "&lt;";
  return std::string(1, c);
}

}  // namespace

std::string with_binary(std::string text, const std::string& program, bool xml) {
  constexpr std::string_view kPlace = "@PTYD_BINARY@";
  std::string quoted;
  for (const char c : program) quoted += xml ? xml_escaped(c) : systemd_escaped(c);
  for (auto at = text.find(kPlace); at != std::string::npos; at = text.find(kPlace, at + quoted.size()))
    text.replace(at, kPlace.size(), quoted);
  return text;
}

NewFiles::~NewFiles() {
  std::error_code ignored;
  for (const auto& path : paths_) std::filesystem::remove(file_path(path), ignored);
}

void NewFiles::note(const std::string& path) {
  std::error_code ignored;
  if (!std::filesystem::exists(file_path(path), ignored)) paths_.push_back(path);
}

Result<std::string> home_folder_path() {
  auto home = system_path_inputs().home;
  if (home.starts_with('/')) return home;
  return Error{errc::failed_precondition, "there is no home directory to install the service in"};
}

Result<void> run_manager(const std::vector<std::string>& arguments) {
  std::string command;
  for (const auto& argument : arguments) command += (command.empty() ? "" : " ") + argument;
  const auto status = run_program(arguments, nullptr);
  if (!status) return status.error();
  if (*status == 0) return {};
  Error error{errc::failed_precondition, "'" + command + "' ended with " + std::to_string(*status)};
  error.hint = *status == 127 ? "this system has no " + arguments.front() : "see what it said above";
  return error;
}

CommandResult run_service(CommandContext* context, ServiceOptions options) {
  if (context->remote())
    co_return context->fail(
        Error{errc::invalid_argument, "service can't be used with --host: run ptyctl on that machine"});
  using Action = ServiceOptions::Action;
  if (options.dry_run && options.action != Action::status) {
    const auto files = service_files();
    if (!files) co_return context->fail(files.error());
    ServiceReport report{
        service_manager_name(), options.action == Action::install ? "to be installed" : "to be removed", {}};
    for (const auto& file : *files) {
      report.files.push_back(file.path);
      if (context->json()) continue;
      context->print("# " + escape_text(file.path) + "\n");
      if (options.action == Action::install) context->print(file.text + "\n");
    }
    if (context->json()) context->print_json(service_json(report));
    co_return to_int(ExitCode::done);
  }
  if (options.action == Action::install) {
    // The service manager listens at the same place: a daemon that is there already would hold the lock against its
    // own. The sessions wait for the new one.
    const auto stopped = co_await stop_daemon(context, false);
    if (!stopped) co_return context->fail(stopped.error());
  }
  const auto report = options.action == Action::install     ? install_service()
                      : options.action == Action::uninstall ? uninstall_service()
                                                            : service_status();
  if (!report) co_return context->fail(report.error());
  if (context->json())
    context->print_json(service_json(*report));
  else
    context->print(service_text(*report));
  co_return to_int(ExitCode::done);
}

}  // namespace ptyd
