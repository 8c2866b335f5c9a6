// The client's end of a connection, for coroutines.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "common/error.hpp"
#include "common/unique_handle.hpp"

namespace ptyd {

// A connected stream socket. One read and one write at a time. Owned by a ClientConnection.
class DaemonStream {
 public:
  static Result<std::unique_ptr<DaemonStream>> adopt(boost::asio::any_io_executor executor, UniqueHandle socket);
  ~DaemonStream();

  // At least one byte; 0 when the peer is gone.
  boost::asio::awaitable<std::size_t> read_some(std::span<char> into);
  boost::asio::awaitable<std::size_t> write_some(std::string_view bytes);
  // What the system takes at once, which may be nothing; whether the peer is there, write_some() tells.
  std::size_t write_now(std::string_view bytes);
  // No more bytes will be written. False on Windows: a named pipe can be closed both ways only, so the daemon does not
  // get to know.
  bool finish_writing();
  // Ends what is running, both ways.
  void shut_down();

 private:
  struct Impl;
  explicit DaemonStream(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace ptyd
