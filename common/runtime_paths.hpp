// Where ptyd keeps its socket, its sessions' sockets, its state and its configuration.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "common/error.hpp"
#include "common/unique_handle.hpp"

namespace ptyd {

// What the paths are computed from. system_path_inputs() reads the real ones.
struct PathInputs {
  std::function<std::optional<std::string>(const char*)> env;  // an empty variable counts as unset
  std::string temp_dir;               // /tmp, or the per-user one on macOS; not used on Windows
  std::string home;                   // may be empty; on Windows the folder for local application data
  std::string user;                   // the user's number; the SID on Windows
  bool set_user_id = false;           // the process runs with another user's rights
  std::size_t max_socket_path = 103;  // what a socket address holds: 107 bytes on Linux, 103 on macOS and the BSDs
};

struct RuntimePaths {
  std::string runtime_dir;  // private: socket, lock, hosts/, agents/
  std::string socket;       // runtime_dir/ptyd.sock, or PTYD_SOCKET
  std::string lock;         // held by the daemon for its life
  std::string start_lock;   // held by a client while it starts the daemon
  std::string hosts_dir;    // one socket for each session, named by its id
  std::string agents_dir;   // stable SSH_AUTH_SOCK links, one for each session
  std::string state_dir;    // logs: XDG_STATE_HOME/ptyd, ~/.local/state/ptyd, or runtime_dir without a home
  std::string log_file;     // state_dir/ptyd.log
  std::string config_file;  // PTYD_CONFIG, XDG_CONFIG_HOME/ptyd/ptyd.toml, ~/.config/..., or empty without a home
};

PathInputs system_path_inputs();

// Pure. Windows: `socket` beats PTYD_SOCKET beats \\.\pipe\ptyd-SID; folders are below ptyd in the folder for local
// application data, runtime_dir in run\NAME there, with the pipe's name.
// Elsewhere: `socket` (from --socket) beats PTYD_SOCKET beats XDG_RUNTIME_DIR/ptyd beats TEMP/ptyd-UID. With a
// socket given, runtime_dir is the socket's folder.
// Errors: permission_denied for a set-user-ID process; invalid_argument for a relative path, or one that does not fit a
// socket address (the message names the limit), counting the longest names in hosts_dir and agents_dir: 32 bytes.
Result<RuntimePaths> compute_paths(const PathInputs& inputs, const std::optional<std::string>& socket);

// Opens `path` and makes sure that only we can reach into it: a real folder, not a link, owned by us, no
// access for group and others, its parent owned by us or root and not writable by others unless sticky.
// With `create`, a missing folder is made 0700, as are hosts and agents below it by the caller. Never
// changes what it did not create.
// Windows: no access for others but administrators and the system; missing folders above are made as well; nobody can
// rename the folder while the handle is open.
// Errors: each reason by name, with the fix in the hint.
Result<UniqueHandle> open_private_dir(const std::string& path, bool create);

// Makes the missing folders above `path`, 0700, as the XDG base directory specification asks for the state
// and configuration folders. Leaves existing ones alone.
Result<void> make_parent_dirs(const std::string& path);

}  // namespace ptyd
