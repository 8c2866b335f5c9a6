// One accepted local stream: waits by coroutine, sends gathered and without blocking.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "common/error.hpp"
#include "common/peer_identity.hpp"
#include "common/unique_handle.hpp"

namespace ptyd {

// Owned by a Connection. Thread: the loop's.
class ClientStream {
 public:
  // Takes a connected, non-blocking socket. Errors: the loop can't watch it.
  static Result<std::unique_ptr<ClientStream>> adopt(boost::asio::any_io_executor executor, UniqueHandle socket);
  ~ClientStream();
  ClientStream(const ClientStream&) = delete;
  ClientStream& operator=(const ClientStream&) = delete;

  // Reads what there is, at least a byte. 0: the peer has closed, or the stream is broken.
  boost::asio::awaitable<std::size_t> read_some(std::span<char> into);
  // Sends as much as the system takes at once: 0 when it takes nothing now. Errors: the peer is gone.
  Result<std::size_t> send_some(std::span<const std::string_view> pieces);
  // Completes when it is worth trying to send again.
  boost::asio::awaitable<void> wait_writable();
  // Stops both directions; pending waits complete.
  void shut_down();
  // True when the peer has closed both directions: nobody reads what we send.
  bool peer_gone() const;
  Result<PeerIdentity> peer() const;

 private:
  struct Impl;
  explicit ClientStream(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace ptyd
