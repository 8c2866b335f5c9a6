// Takes connections from the listening socket (on Windows: the instances of a pipe), also when the process is short of
// descriptors.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>

#include "common/error.hpp"
#include "common/unique_handle.hpp"
#include "daemon/server/client_stream.hpp"

namespace ptyd {

// Owned by a Server. Thread: the loop's.
class Acceptor {
 public:
  // Takes what listen_local() gave. Errors: the loop can't watch it.
  static Result<std::unique_ptr<Acceptor>> adopt(boost::asio::any_io_executor executor, UniqueHandle listener);
  ~Acceptor();
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;

  // The next connection; none after close(). Without free descriptors the client is let in and sent away at once,
  // so that it learns of it and the loop does not spin.
  boost::asio::awaitable<std::unique_ptr<ClientStream>> accept();
  void close();
  // Its own listening socket; no handler of the loop runs between the system's giving up a connection and accept()'s
  // giving it to the caller. None on Windows.
  UniqueHandle::Native native() const noexcept;

  // Whether clients that come now can find what listens at `socket`: its name may have been removed.
  static bool can_be_found(const std::string& socket);

 private:
  struct Impl;
  explicit Acceptor(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace ptyd
