// The loop of ptyd-host on Unix.
#pragma once

#include "daemon/host/connection_posix.hpp"
#include "daemon/host/host_base.hpp"
#include "daemon/host/listener_posix.hpp"
#include "daemon/host/poller.hpp"
#include "daemon/host/spec.hpp"
#include "daemon/host/terminal_posix.hpp"

namespace ptyd::host {

class Host : HostBase<Listener, Terminal, Connection> {
 public:
  // The exit status of the process.
  int run();

 private:
  static constexpr std::size_t kFixedWatches = 4;  // children, listener, pty, adopted program
  static_assert(kFixedWatches + kConnections <= kMaxWatches);

  SpawnResult start();
  SpawnResult take_over(TakenOver& taken);
  void go_on_without_custody() noexcept;
  SpawnResult start_program(const Spec& spec);
  void wait();
  void serve_connections();
  void accept_connections();
  int timeout_ms() const noexcept;

  Watch watches_[kFixedWatches + kConnections];
  std::uint64_t held_until_ns_ = 0;
  bool subreaper_ = false;
  bool accept_failed_ = false;
};

}  // namespace ptyd::host
