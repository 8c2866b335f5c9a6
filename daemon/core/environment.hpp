// The environment of a session's program.
#pragma once

#include <string>
#include <vector>

#include "daemon/core/packed_strings.hpp"

namespace ptyd {

// What a session adds to its creator's environment.
struct SessionEnv {
  std::string socket;         // PTYD_SOCKET
  std::string name;           // PTYD_SESSION
  std::string id;             // PTYD_SESSION_ID
  std::string ancestry;       // PTYD_ANCESTRY of the creator; the session's id is added to it
  std::string term;           // TERM
  std::string ssh_auth_sock;  // SSH_AUTH_SOCK; empty: the creator's own
};

// `client_env` ("NAME=value" entries) without what must not be inherited, with what the session sets.
// Of several entries with one name the first counts, as for getenv(); entries without a name are left out.
std::vector<std::string> session_environment(const PackedStrings& client_env, const SessionEnv& session);

}  // namespace ptyd
