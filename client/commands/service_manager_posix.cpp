// systemd, and what stands in for it: nothing else is known here.
#include <cstdio>
#include <filesystem>

#include "client/commands/service_manager.hpp"
#include "client/commands/system.hpp"
#include "client/ptyd/daemon_socket.hpp"

namespace ptyd {

namespace fs = std::filesystem;

namespace {

const std::vector<std::string> kUnits{"ptyd.socket", "ptyd.service"};

Result<std::string> unit_folder() {
  const auto inputs = system_path_inputs();
  if (const auto config = inputs.env("XDG_CONFIG_HOME"); config && config->starts_with('/'))
    return *config + "/systemd/user";
  const auto home = home_folder_path();
  if (!home) return home;
  return *home + "/.config/systemd/user";
}

Result<std::vector<std::string>> unit_paths() {
  const auto folder = unit_folder();
  if (!folder) return folder.error();
  std::vector<std::string> paths;
  for (const auto& unit : kUnits) paths.push_back(*folder + "/" + unit);
  return paths;
}

// First line of what `systemctl --user WORD ptyd.service` says.
std::string ask(const std::string& word, const std::string& unit) {
  std::string output;
  const auto status = run_program({"systemctl", "--user", word, unit}, &output);
  if (!status) return {};
  return output.substr(0, output.find('\n'));
}

}  // namespace

const char* service_manager_name() { return "systemd"; }

Result<std::vector<ServiceFile>> service_files() {
  const auto program = find_daemon_program();
  if (!program) return program.error();
  const auto paths = unit_paths();
  if (!paths) return paths.error();
  return std::vector<ServiceFile>{{paths->at(0), with_binary(kSystemdSocket, *program, false)},
                                  {paths->at(1), with_binary(kSystemdService, *program, false)}};
}

Result<ServiceReport> install_service() {
  const auto files = service_files();
  if (!files) return files.error();
  ServiceReport report{service_manager_name(), "installed", {}};
  NewFiles fresh;
  for (const auto& file : *files) {
    fresh.note(file.path);
    if (auto written = write_file(file.path, file.text); !written) return written.error();
    report.files.push_back(file.path);
  }
  for (const auto& step : {std::vector<std::string>{"systemctl", "--user", "daemon-reload"},
                           std::vector<std::string>{"systemctl", "--user", "enable", "--now", "ptyd.socket"}})
    if (auto done = run_manager(step); !done) return done.error();
  fresh.keep();
  return report;
}

Result<ServiceReport> uninstall_service() {
  const auto paths = unit_paths();
  if (!paths) return paths.error();
  ServiceReport report{service_manager_name(), "not installed", {}};
  std::error_code ignored;
  for (const auto& path : *paths)
    if (fs::exists(path, ignored)) report.files.push_back(path);
  if (report.files.empty()) return report;
  report.state = "removed";
  // The files go also when the manager can't be asked: it does not find them at its next start.
  const auto disabled = run_manager({"systemctl", "--user", "disable", "--now", "ptyd.socket", "ptyd.service"});
  for (const auto& path : report.files)
    if (std::remove(path.c_str()) != 0) return os_error("remove " + path, errno);
  if (!disabled) return disabled.error();
  if (auto done = run_manager({"systemctl", "--user", "daemon-reload"}); !done) return done.error();
  return report;
}

Result<ServiceReport> service_status() {
  const auto paths = unit_paths();
  if (!paths) return paths.error();
  ServiceReport report{service_manager_name(), "not installed", {}};
  std::error_code ignored;
  for (const auto& path : *paths)
    if (fs::exists(path, ignored)) report.files.push_back(path);
  if (ask("is-active", "ptyd.service") == "active")
    report.state = "running";
  else if (ask("is-active", "ptyd.socket") == "active")
    report.state = "waiting for clients";
  else if (!report.files.empty())
    report.state = "installed";
  return report;
}

}  // namespace ptyd
