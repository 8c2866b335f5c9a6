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

// Made by the acceptor, owned by a Connection. Thread: the loop's.
class ClientStream {
 public:
  struct Impl;
  explicit ClientStream(std::unique_ptr<Impl> impl);
  ~ClientStream();
  ClientStream(const ClientStream&) = delete;
  ClientStream& operator=(const ClientStream&) = delete;

  // Goes on with a connection of the program that this process executed before. Errors: unimplemented on Windows.
  static Result<std::unique_ptr<ClientStream>> resume(boost::asio::any_io_executor executor, UniqueHandle socket);

  // Reads what there is, at least a byte. 0: the peer has closed, or the stream is broken. Except on Windows, bytes that
  // left the system have always reached the caller: no handler of the loop runs in between.
  boost::asio::awaitable<std::size_t> read_some(std::span<char> into);
  // Sends as much as the system takes at once: 0 when it takes nothing now. Errors: the peer is gone.
  // Windows: begins to send as much as it has room for, and takes nothing before that has ended.
  Result<std::size_t> send_some(std::span<const std::string_view> pieces);
  // Whether the system has all that send_some() took, so that the peer gets it even if this process dies. Where it is
  // not so at once (Windows), wait_writable() waits for it.
  bool all_taken() const noexcept;
  // Completes when it is worth trying to send again.
  boost::asio::awaitable<void> wait_writable();
  // Stops both directions; pending waits complete. Windows: what the system has not taken is lost.
  void shut_down();
  // True when the peer has closed both directions: nobody reads what we send.
  bool peer_gone() const;
  Result<PeerIdentity> peer() const;
  UniqueHandle::Native native() const noexcept;  // its own

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace ptyd
