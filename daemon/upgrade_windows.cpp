#include <cstdio>

#include "daemon/upgrade.hpp"

namespace ptyd {

namespace asio = boost::asio;

namespace {

// A process can't execute another program in its place here, and a pipe's instances can't be taken over by another
// process as they are. ptyctl stops the daemon and starts the new one instead.
Error not_here() { return Error{errc::unimplemented, "a daemon can't be replaced in place on Windows"}; }

}  // namespace

bool can_upgrade() noexcept { return false; }

int check_state(const DaemonOptions&, int) {
  std::fprintf(stderr, "ptyd: %s\n", not_here().message.c_str());
  return 1;
}

Result<SavedState> take_state(int) { return not_here(); }

Upgrade::Upgrade(DaemonState& state, const Server& server, ProcessState process)
    : state_(state), server_(server), process_(std::move(process)) {}

asio::awaitable<Error> Upgrade::run(std::string, std::shared_ptr<OpenRequest>) { co_return not_here(); }

}  // namespace ptyd
