// Hosts that are there and whose sessions were not taken over yet.
#pragma once

#include <map>
#include <string_view>

#include "daemon/hostlink/host_link.hpp"

namespace ptyd {

struct AwaitedHosts {
  struct Host {
    bool failed = false;  // it was asked once at least: it may be stopped
  };
  std::map<SessionId, Host> hosts;

  // Whether the session that `spec` names may be among them. Names are not known before a host has answered; one that
  // does not answer at all is no reason to doubt every name for ever.
  bool may_have(std::string_view spec) const;
};

// One of them while it is there, unless it is already.
class AwaitedHost {
 public:
  AwaitedHost(AwaitedHosts& all, const SessionId& id) : all_(all), id_(id), ours_(all.hosts.try_emplace(id).second) {}
  ~AwaitedHost() {
    if (ours_) all_.hosts.erase(id_);
  }
  AwaitedHost(const AwaitedHost&) = delete;
  AwaitedHost& operator=(const AwaitedHost&) = delete;

  void failed() noexcept {
    if (ours_) all_.hosts.at(id_).failed = true;
  }

 private:
  AwaitedHosts& all_;
  const SessionId id_;
  const bool ours_;
};

}  // namespace ptyd
