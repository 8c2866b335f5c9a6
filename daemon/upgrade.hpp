// Puts another program in the place of this one: the process, its connections and all that is under way go on.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>
#include <vector>

#include "common/error.hpp"
#include "common/unique_handle.hpp"
#include "daemon/handover/saved_state.hpp"
#include "daemon/options.hpp"
#include "daemon/server/daemon_state.hpp"
#include "daemon/server/server.hpp"

namespace ptyd {

// What belongs to the process.
struct ProcessState {
  std::vector<std::string> arguments;  // of this program
  UniqueHandle::Native lock = UniqueHandle::kNone;
  bool listener_is_ours = true;
  std::uint64_t open_files = 0;
};

// Whether this system can do it.
bool can_upgrade() noexcept;

// Owned by the daemon. Thread: the loop's.
class Upgrade {
 public:
  // How long the other program may take to look at the state, and requests under way to come to a point from where it
  // can go on with them.
  static constexpr std::chrono::seconds kCheckLimit{5};
  static constexpr std::chrono::seconds kQuietLimit{3};

  Upgrade(DaemonState& state, const Server& server, ProcessState process);

  // Does not come back when it succeeds. Before that nobody is disturbed: a program that can't take over leaves all as
  // it was. `program`: empty: the file this one was started from. Errors: busy (another upgrade, or requests that do
  // not end), those of look_at_program() and check_program(), spawn_failed (the system refuses to execute it).
  boost::asio::awaitable<Error> run(std::string program, std::shared_ptr<OpenRequest> asked);

 private:
  class Attempt;
  boost::asio::awaitable<Error> try_it(std::string program, std::shared_ptr<OpenRequest> asked);
  boost::asio::awaitable<Result<void>> wait_until_quiet();
  Result<UniqueHandle> write_state(const OpenRequest& asked, bool final, std::vector<SavedHandle>& handles);
  Error execute(const std::string& program, const OpenRequest& asked);

  DaemonState& state_;
  const Server& server_;
  ProcessState process_;
  bool running_ = false;
};

// --check-state: returns the exit status, 0 when this program takes the state in `descriptor` over.
int check_state(const DaemonOptions& options, int descriptor);

// --resume-state: the state in `descriptor`, which is closed. When it can't be used, so is everything that came with
// it, and this program starts as any other.
Result<SavedState> take_state(int descriptor);

}  // namespace ptyd
