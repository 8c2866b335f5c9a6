// Starts a ptyd-host and its program.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "common/error.hpp"
#include "daemon/hostlink/host_link.hpp"

namespace ptyd {

struct SpawnRequest {
  std::string host_program;  // path of ptyd-host
  std::string socket_path;   // where it will listen
  SessionId id{};
  std::string cwd;
  std::string file;  // program to run; argv[0] may differ
  std::vector<std::string> argv;
  std::vector<std::string> env;  // NAME=value
  host::Resize size{80, 24, 0, 0};
  std::uint64_t ring_capacity = host::kDefaultRing;
  std::uint64_t nofile_soft = 0;  // 0: as inherited
  std::string record;             // first content of host::Slot::record
};

struct Spawned {
  std::uint32_t host_pid = 0;
  std::uint32_t child_pid = 0;
};

// Starts a host that outlives us: own session, standard descriptors on the null device, no other
// descriptor of ours. Completes when the program has been exec'ed or has failed to.
// Errors: spawn_failed with step and errno; already_exists when a host has this socket; deadline_exceeded.
boost::asio::awaitable<Result<Spawned>> spawn_host(boost::asio::any_io_executor executor, SpawnRequest request,
                                                   std::chrono::milliseconds deadline);

}  // namespace ptyd
