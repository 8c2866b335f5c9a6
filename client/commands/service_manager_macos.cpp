// launchd.
#include <unistd.h>

#include <cstdio>
#include <filesystem>

#include "client/commands/service_manager.hpp"
#include "client/commands/system.hpp"
#include "client/ptyd/daemon_socket.hpp"

namespace ptyd {

namespace {

const std::string kLabel = "org.ptyd.ptyd";

std::string domain() { return "gui/" + std::to_string(::getuid()); }

Result<std::string> agent_path() {
  const auto home = home_folder_path();
  if (!home) return home;
  return *home + "/Library/LaunchAgents/" + kLabel + ".plist";
}

bool is_loaded() {
  std::string output;
  const auto status = run_program({"launchctl", "print", domain() + "/" + kLabel}, &output);
  return status && *status == 0;
}

}  // namespace

const char* service_manager_name() { return "launchd"; }

Result<std::vector<ServiceFile>> service_files() {
  const auto program = find_daemon_program();
  if (!program) return program.error();
  const auto path = agent_path();
  if (!path) return path.error();
  return std::vector<ServiceFile>{{*path, with_binary(kLaunchdAgent, *program, true)}};
}

Result<ServiceReport> install_service() {
  const auto files = service_files();
  if (!files) return files.error();
  const auto& file = files->front();
  NewFiles fresh;
  fresh.note(file.path);
  if (auto written = write_file(file.path, file.text); !written) return written.error();
  if (is_loaded())
    if (auto done = run_manager({"launchctl", "bootout", domain() + "/" + kLabel}); !done) return done.error();
  if (auto done = run_manager({"launchctl", "bootstrap", domain(), file.path}); !done) return done.error();
  fresh.keep();
  return ServiceReport{service_manager_name(), "installed", {file.path}};
}

Result<ServiceReport> uninstall_service() {
  const auto path = agent_path();
  if (!path) return path.error();
  ServiceReport report{service_manager_name(), "not installed", {}};
  if (is_loaded())
    if (auto done = run_manager({"launchctl", "bootout", domain() + "/" + kLabel}); !done) return done.error();
  std::error_code ignored;
  if (!std::filesystem::exists(*path, ignored)) return report;
  if (std::remove(path->c_str()) != 0) return os_error("remove " + *path, errno);
  report.state = "removed";
  report.files.push_back(*path);
  return report;
}

Result<ServiceReport> service_status() {
  const auto path = agent_path();
  if (!path) return path.error();
  ServiceReport report{service_manager_name(), "not installed", {}};
  std::error_code ignored;
  if (std::filesystem::exists(*path, ignored)) {
    report.state = "installed";
    report.files.push_back(*path);
  }
  if (is_loaded()) report.state = "running";
  return report;
}

}  // namespace ptyd
