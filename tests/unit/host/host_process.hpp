// Starts the real ptyd-host for a test, and cleans up after it.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "daemon/host/descriptor.hpp"
#include "daemon/host/wire.hpp"

namespace ptyd {

using Deadline = std::chrono::steady_clock::time_point;
// What a test waits for at most, before it fails.
Deadline soon();
// False when `fd` did not become ready for `events` (poll's) in time.
bool wait_for(int fd, short events, Deadline deadline = soon());

struct HostOptions {
  std::vector<std::string> argv;  // empty: `file` alone
  std::string file;               // empty: pty_child
  std::string cwd = "/";
  std::vector<std::string> env = {"PATH=/usr/bin:/bin", "TERM=xterm"};
  host::Resize size{80, 24, 0, 0};
  std::uint64_t ring_capacity = 1 << 20;
  std::uint64_t nofile_soft = 0;
  std::string record;
  std::vector<std::string> host_env;  // of the host itself: "PTYD_CRASH_AT=..."
  std::string socket_path;            // empty: one in a folder of its own
  std::string raw_spec;               // not empty: given to the host as it is
};

// pty_child with these arguments.
HostOptions child(std::vector<std::string> arguments);
std::string child_program();

class HostProcess {
 public:
  explicit HostProcess(const HostOptions& options);
  ~HostProcess();
  HostProcess(const HostProcess&) = delete;
  HostProcess& operator=(const HostProcess&) = delete;

  // What the host answered; all zero with `answered` false when it died before.
  const host::SpawnResult& result() const { return result_; }
  bool answered() const { return answered_; }
  host::SpawnStep step() const { return static_cast<host::SpawnStep>(result_.step); }
  const std::string& socket_path() const { return socket_path_; }
  const std::string& folder() const { return folder_; }
  pid_t pid() const { return pid_; }
  void send_signal(int number) const;
  // The status that waitpid() gave, -1 when it is still there at the deadline.
  int wait_end(Deadline deadline = soon());

 private:
  std::string folder_;
  std::string socket_path_;
  pid_t pid_ = -1;
  bool answered_ = false;
  bool ended_ = false;
  int status_ = 0;
  host::SpawnResult result_{};
};

// Waits for the end of any process, also of one that is not our child.
bool wait_gone(pid_t pid, Deadline deadline = soon());

}  // namespace ptyd
