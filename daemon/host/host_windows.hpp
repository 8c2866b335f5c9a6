// The loop of ptyd-host on Windows.
#pragma once

#include "daemon/host/connection_windows.hpp"
#include "daemon/host/control.hpp"
#include "daemon/host/listener_windows.hpp"
#include "daemon/host/spec.hpp"
#include "daemon/host/terminal_windows.hpp"

namespace ptyd::host {

// What a host is started with, and owns.
struct StartHandles {
  Descriptor spec;
  Descriptor result;
  Descriptor record;  // may be none
};

class Host {
 public:
  // The exit status of the process.
  int run(StartHandles handles);

 private:
  static constexpr std::size_t kConnections = 4;
  static constexpr std::size_t kFixedEvents = 4;  // program, output, input, listener

  SpawnResult start(StartHandles& handles);
  SpawnResult start_program(const Spec& spec, StartHandles& handles);
  void wait();
  void wait_for_events();
  void serve_connections();
  void serve(Connection& connection);
  void accept_connections();
  Connection* free_connection() noexcept;
  void finish(Connection& connection);
  bool abandoned() const noexcept;
  DWORD timeout_ms() const noexcept;

  Listener listener_;
  Terminal terminal_;
  Control<Terminal, Connection> control_;
  Connection connections_[kConnections];
  bool ended_ = false;
  std::uint64_t accepted_ = 0;
  std::uint64_t alone_since_ns_ = 0;
  std::uint64_t grace_ns_ = 0;
};

}  // namespace ptyd::host
