// Who is bringing the session of an id about: a request that starts it, or a daemon that takes it over. Two at once
// would each take the host from the other.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "common/async_event.hpp"
#include "daemon/hostlink/host_link.hpp"

namespace ptyd {

struct SessionClaim {
  std::vector<AsyncEvent*> waiters;
};
using SessionClaims = std::map<SessionId, std::shared_ptr<SessionClaim>>;

// Claims `id` while it is there, then wakes those that wait. Nobody else may have claimed it.
class ClaimedSession {
 public:
  ClaimedSession(SessionClaims& claims, const SessionId& id) : claims_(claims), id_(id) {
    claims_.emplace(id_, std::make_shared<SessionClaim>());
  }
  ~ClaimedSession() {
    const auto claim = claims_.at(id_);
    claims_.erase(id_);
    for (auto* waiter : claim->waiters) waiter->notify();
  }
  ClaimedSession(const ClaimedSession&) = delete;
  ClaimedSession& operator=(const ClaimedSession&) = delete;

 private:
  SessionClaims& claims_;
  SessionId id_;
};

}  // namespace ptyd
