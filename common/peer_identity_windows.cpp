#include "common/handle_windows.hpp"
#include "common/peer_identity.hpp"
#include "common/token_windows.hpp"

namespace ptyd {

namespace {

PeerIdentity identity_of(const TokenFacts& facts, DWORD pid) {
  PeerIdentity peer;
  peer.user = facts.user;
  peer.pid = pid;
  peer.elevated = facts.elevated;
  peer.confined = facts.app_container || facts.integrity < SECURITY_MANDATORY_MEDIUM_RID;
  return peer;
}

}  // namespace

Result<PeerIdentity> peer_identity(UniqueHandle::Native socket) {
  const HANDLE pipe = reinterpret_cast<HANDLE>(socket);
  DWORD flags = 0;
  ULONG pid = 0;
  if (::GetNamedPipeInfo(pipe, &flags, nullptr, nullptr, nullptr) == 0 ||
      ((flags & PIPE_SERVER_END) != 0 ? ::GetNamedPipeClientProcessId(pipe, &pid)
                                      : ::GetNamedPipeServerProcessId(pipe, &pid)) == 0)
    return os_error("ask who is at the other end of a pipe", last_error());
  const auto facts = process_facts(pid);
  if (!facts) return facts.error();
  return identity_of(*facts, pid);
}

PeerIdentity own_identity() { return identity_of(own_facts(), ::GetCurrentProcessId()); }

}  // namespace ptyd
