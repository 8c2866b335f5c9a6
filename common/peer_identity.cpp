#include "common/peer_identity.hpp"

namespace ptyd {

Result<void> check_same_user(const PeerIdentity& peer, const std::string& who) {
  const auto own = own_identity();
  if (peer.user == own.user && !peer.confined) return {};
  Error error;
  error.code = errc::permission_denied;
  error.message = peer.user == own.user
                      ? who + " runs as user " + peer.user + ", but is confined to less than what that user may do"
                      : who + " runs as user " + peer.user + ", not as user " + own.user;
  error.hint = "each user has a daemon of their own; see PTYD_SOCKET and XDG_RUNTIME_DIR";
  error.subject = who;
  return error;
}

}  // namespace ptyd
