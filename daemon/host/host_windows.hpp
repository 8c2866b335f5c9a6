// The loop of ptyd-host on Windows.
#pragma once

#include "daemon/host/connection_windows.hpp"
#include "daemon/host/host_base.hpp"
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

class Host : HostBase<Listener, Terminal, Connection> {
 public:
  // The exit status of the process.
  int run(StartHandles handles);

 private:
  static constexpr std::size_t kFixedEvents = 4;  // program, output, input, listener

  SpawnResult start(StartHandles& handles);
  SpawnResult start_program(const Spec& spec, StartHandles& handles);
  void wait();
  bool wait_for_events();
  void serve_connections();
  void accept_connections();
  DWORD timeout_ms() const noexcept;
};

}  // namespace ptyd::host
