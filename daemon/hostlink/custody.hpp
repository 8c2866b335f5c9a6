// What the daemon holds of a session so that it outlives its host. Private to this folder.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "common/error.hpp"
#include "common/unique_handle.hpp"
#include "daemon/host/wire.hpp"
#include "daemon/hostlink/children.hpp"

namespace ptyd {

// What the kernel has counted of a process.
struct ProcessCounts {
  std::uint64_t read = 0;
  std::uint64_t written = 0;
};

struct HostProcess {
  std::uint32_t pid = 0;
  UniqueHandle handle;  // pidfd
  UniqueHandle counts;  // opened while it lives: afterwards only root could. None: it is not our child
};

// Errors: failed_precondition when it is gone, or this system lacks what is needed; resource_exhausted when descriptors
// are about to run out.
Result<HostProcess> watch_host(std::uint32_t pid);
// Also of a dead one, as long as nobody has waited for it.
std::optional<ProcessCounts> read_counts(const UniqueHandle& counts);
// Waits for the end of a process, of which `pidfd` is one. False: not in time.
boost::asio::awaitable<bool> wait_for_end(boost::asio::any_io_executor executor, UniqueHandle pidfd,
                                          std::chrono::milliseconds limit);
// Ends one of our children at once. It is gone for certain when this is true.
bool end_child(std::uint32_t pid);

struct Custody {
  HostProcess host;
  UniqueHandle terminal;
  UniqueHandle memory;
  UniqueHandle program;  // pidfd; none: it had ended
  ChildClaim host_claim;
};

}  // namespace ptyd
