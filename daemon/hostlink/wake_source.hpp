// The descriptor by which a host wakes the daemon.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>

#include "common/error.hpp"
#include "common/unique_handle.hpp"

namespace ptyd {

class WakeSource {
 public:
  // Errors: malformed when `handle` is not what a host wakes with.
  static Result<std::unique_ptr<WakeSource>> open(boost::asio::any_io_executor executor, UniqueHandle handle);
  virtual ~WakeSource() = default;

  // Waits until the host has called at least once since. False: it never will again.
  virtual boost::asio::awaitable<bool> wait() = 0;
  // Its own; open() takes it in another program that this process executes.
  virtual UniqueHandle::Native native() = 0;
  // wait() comes back, for good. Only where a host can be replaced.
  virtual void give_up() noexcept {}
};

}  // namespace ptyd
