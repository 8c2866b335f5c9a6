// A descriptor that the loop waits for. Not on Windows.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include "common/unique_handle.hpp"

namespace ptyd {

// Throws boost::system::system_error when there is no memory to watch it; it is closed then, which Asio leaves to us.
inline boost::asio::posix::stream_descriptor watched(boost::asio::any_io_executor executor, UniqueHandle handle) {
  boost::asio::posix::stream_descriptor descriptor(executor);
  descriptor.assign(handle.fd());
  static_cast<void>(handle.release());
  return descriptor;
}

}  // namespace ptyd
