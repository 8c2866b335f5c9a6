// The loop of ptyd-host on Unix.
#pragma once

#include "daemon/host/connection_posix.hpp"
#include "daemon/host/control.hpp"
#include "daemon/host/listener_posix.hpp"
#include "daemon/host/poller.hpp"
#include "daemon/host/spec.hpp"
#include "daemon/host/terminal_posix.hpp"

namespace ptyd::host {

class Host {
 public:
  // The exit status of the process.
  int run();

 private:
  static constexpr std::size_t kConnections = 4;
  static constexpr std::size_t kFixedWatches = 3;  // children, listener, pty
  static_assert(kFixedWatches + kConnections <= kMaxWatches);

  SpawnResult start();
  SpawnResult start_program(const Spec& spec);
  void wait();
  void serve_connections();
  void serve(Connection& connection);
  void accept_connections();
  Connection* free_connection() noexcept;
  void finish(Connection& connection);
  bool abandoned() const noexcept;
  int timeout_ms() const noexcept;

  Listener listener_;
  Terminal terminal_;
  Control<Terminal, Connection> control_;
  Connection connections_[kConnections];
  Watch watches_[kFixedWatches + kConnections];
  int children_fd_ = -1;
  bool subreaper_ = false;
  bool accept_failed_ = false;
  bool ended_ = false;
  std::uint64_t accepted_ = 0;
  std::uint64_t alone_since_ns_ = 0;
  std::uint64_t grace_ns_ = 0;
};

}  // namespace ptyd::host
