// The user's service manager: systemd, launchd on macOS, the task scheduler on Windows.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "client/format/json_reply.hpp"
#include "common/error.hpp"

namespace ptyd {

// What packaging/ has, compiled in; @PTYD_BINARY@ stands for the daemon's path.
extern const char* const kSystemdService;
extern const char* const kSystemdSocket;
extern const char* const kLaunchdAgent;
extern const char* const kLogonTask;

struct ServiceFile {
  std::string path;
  std::string text;
};

// What would be installed: for --dry-run. Errors: unavailable (no ptyd is found), failed_precondition (no home).
Result<std::vector<ServiceFile>> service_files();
const char* service_manager_name();

// Errors: the manager's own words.
Result<ServiceReport> install_service();
Result<ServiceReport> uninstall_service();
Result<ServiceReport> service_status();

// Shared by the systems' files.

// Files that an installation makes: those that were not there before go again, unless keep() is called.
class NewFiles {
 public:
  NewFiles() = default;
  NewFiles(const NewFiles&) = delete;
  NewFiles& operator=(const NewFiles&) = delete;
  ~NewFiles();
  // Before the file is written.
  void note(const std::string& path);
  void keep() noexcept { paths_.clear(); }

 private:
  std::vector<std::string> paths_;
};

std::string with_binary(std::string text, const std::string& program, bool xml);
Result<std::string> home_folder_path();
Result<void> run_manager(const std::vector<std::string>& arguments);

}  // namespace ptyd
