// What the daemon serves, handed to another program that takes its place in this process.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/handover/saved_state.hpp"
#include "daemon/server/daemon_state.hpp"
#include "daemon/server/server.hpp"

namespace ptyd {

// What another program could not go on with, for people; nothing: it could take over in this moment.
std::optional<std::string> in_the_way(const DaemonState& state);

// Brings what is in the middle of a change to its end, as far as that takes no time.
void settle(DaemonState& state);

// All but what belongs to the process: `lock`, `open_files` and who asked. The daemon may go on afterwards.
// Errors: unimplemented where connections to hosts can't be handed over.
Result<SavedState> save_state(DaemonState& state, const Server& server);

// Goes on with sessions, then with clients, then with requests. Sessions and clients that can't be had are told in the
// log and left out: their hosts are adopted later, their clients connect again.
void resume_state(DaemonState& state, Server& server, const SavedState& saved);

// Begins the requests that were held back for another program that did not take over.
void release_held(DaemonState& state);

// The descriptors that `saved` names.
std::vector<SavedHandle> handles_of(const SavedState& saved);

}  // namespace ptyd
