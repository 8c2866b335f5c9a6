#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <string_view>

#include "client/ptyd/daemon_socket.hpp"
#include "client/ptyd/daemon_socket_system.hpp"
#include "common/program_path.hpp"

namespace ptyd {

bool nobody_listens(const Error& error) noexcept { return error.os_error == ENOENT || error.os_error == ECONNREFUSED; }
bool queue_is_full(const Error& error) noexcept { return error.os_error == EAGAIN; }

Result<UniqueHandle> open_start_folder(const RuntimePaths& paths) { return open_private_dir(paths.runtime_dir, true); }

Result<UniqueHandle> try_start_lock(const std::string& path) {
  UniqueHandle file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file) return os_error("open " + path, errno);
  if (::flock(file.fd(), LOCK_EX | LOCK_NB) == 0) return file;
  if (errno != EWOULDBLOCK && errno != EINTR) return os_error("lock " + path, errno);
  return UniqueHandle();
}

Result<std::string> find_daemon_program() {
  const auto own = program_path();
  if (const auto slash = own.rfind('/'); slash != std::string::npos) {
    auto beside = own.substr(0, slash + 1) + "ptyd";
    if (::access(beside.c_str(), X_OK) == 0) return beside;
  }
  const char* const path = std::getenv("PATH");
  std::string_view rest = path != nullptr ? path : "";
  while (!rest.empty()) {
    const auto end = std::min(rest.find(':'), rest.size());
    std::string candidate(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (!candidate.starts_with('/')) continue;
    candidate += "/ptyd";
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  Error error;
  error.code = errc::unavailable;
  error.message = "no daemon runs, and there is no ptyd to start: neither beside this program nor in PATH";
  error.hint = "install ptyd, or start it yourself";
  return error;
}

bool is_session_variable(std::string_view name) noexcept {
  for (const std::string_view own : {"PTYD_SESSION", "PTYD_SESSION_ID", "PTYD_ANCESTRY", "NOTIFY_SOCKET",
                                     "INVOCATION_ID", "JOURNAL_STREAM", "MAINPID", "WATCHDOG_PID", "WATCHDOG_USEC"})
    if (name == own) return true;
  return name.starts_with("LISTEN_");
}

}  // namespace ptyd
