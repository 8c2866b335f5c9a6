// The task scheduler: a task that starts the daemon when the user logs on.
#include <windows.h>

#include <filesystem>

#include "client/commands/service_manager.hpp"
#include "client/commands/system.hpp"
#include "client/ptyd/daemon_socket.hpp"
#include "common/wide_string.hpp"

namespace ptyd {

namespace {

const std::string kTask = "ptyd";

Result<std::string> task_path() {
  const auto inputs = system_path_inputs();
  if (!inputs.home.empty()) return inputs.home + R"(\ptyd\ptyd-task.xml)";
  return Error{errc::failed_precondition, "there is no folder for local application data to install the service in"};
}

void replace_all(std::string& text, std::string_view what, const std::string& by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
}

// As schtasks wants its files: UTF-16 with a byte order mark.
Result<std::string> to_utf16_file(const std::string& text) {
  const auto wide = to_wide(text);
  if (!wide) return wide.error();
  std::string bytes = "\xff\xfe";
  for (const wchar_t unit : *wide) {
    bytes += static_cast<char>(unit & 0xff);
    bytes += static_cast<char>(unit >> 8);
  }
  return bytes;
}

bool is_registered() {
  std::string output;
  const auto status = run_program({"schtasks", "/Query", "/TN", kTask}, &output);
  return status && *status == 0;
}

// Takes no instance of the pipe.
bool is_daemon_there() {
  const auto paths = compute_paths(system_path_inputs(), std::nullopt);
  if (!paths) return false;
  const auto pipe = to_wide(paths->socket);
  return pipe && (::WaitNamedPipeW(pipe->c_str(), 1) != 0 || ::GetLastError() == ERROR_SEM_TIMEOUT);
}

bool exists(const std::string& path) {
  const auto wide = to_wide(path);
  return wide && ::GetFileAttributesW(wide->c_str()) != INVALID_FILE_ATTRIBUTES;
}

}  // namespace

const char* service_manager_name() { return "task scheduler"; }

Result<std::vector<ServiceFile>> service_files() {
  const auto program = find_daemon_program();
  if (!program) return program.error();
  const auto path = task_path();
  if (!path) return path.error();
  auto text = with_binary(kLogonTask, *program, true);
  replace_all(text, "@PTYD_USER@", system_path_inputs().user);
  return std::vector<ServiceFile>{{*path, std::move(text)}};
}

Result<ServiceReport> install_service() {
  const auto files = service_files();
  if (!files) return files.error();
  const auto& file = files->front();
  const auto bytes = to_utf16_file(file.text);
  if (!bytes) return bytes.error();
  NewFiles fresh;
  fresh.note(file.path);
  if (auto written = write_file(file.path, *bytes); !written) return written.error();
  for (const auto& step : {std::vector<std::string>{"schtasks", "/Create", "/TN", kTask, "/XML", file.path, "/F"},
                           std::vector<std::string>{"schtasks", "/Run", "/TN", kTask}})
    if (auto done = run_manager(step); !done) return done.error();
  fresh.keep();
  return ServiceReport{service_manager_name(), "installed", {file.path}};
}

Result<ServiceReport> uninstall_service() {
  const auto path = task_path();
  if (!path) return path.error();
  ServiceReport report{service_manager_name(), "not installed", {}};
  if (is_registered()) {
    report.state = "removed";
    if (auto done = run_manager({"schtasks", "/Delete", "/TN", kTask, "/F"}); !done) return done.error();
  }
  if (!exists(*path)) return report;
  report.state = "removed";
  const auto wide = to_wide(*path);
  if (!wide) return wide.error();
  if (::DeleteFileW(wide->c_str()) == 0) return os_error("remove " + *path, static_cast<int>(::GetLastError()));
  report.files.push_back(*path);
  return report;
}

Result<ServiceReport> service_status() {
  const auto path = task_path();
  if (!path) return path.error();
  ServiceReport report{service_manager_name(), "not installed", {}};
  if (exists(*path)) report.files.push_back(*path);
  if (is_registered()) report.state = is_daemon_there() ? "running" : "installed";
  return report;
}

}  // namespace ptyd
