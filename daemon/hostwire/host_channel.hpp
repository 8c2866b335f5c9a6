// Messages of the host protocol over a local socket: framing, queueing, descriptors. No meaning.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "common/error.hpp"
#include "common/small_deque.hpp"
#include "common/unique_handle.hpp"
#include "daemon/host/wire.hpp"

namespace ptyd {

struct HostMessage {
  host::MessageType type{};
  std::string body;
};

// One message of fixed layout, when `body` has just its size.
template <class T>
bool decode(const std::string& body, T& value) noexcept {
  if (body.size() != sizeof value) return false;
  body.copy(static_cast<char*>(static_cast<void*>(&value)), sizeof value);
  return true;
}

// The bytes of a message of fixed layout.
template <class T>
std::span<const std::byte> bytes_of(const T& value) noexcept {
  return std::as_bytes(std::span(&value, 1));
}

// The oldest of the handles that came; none when there is none.
inline UniqueHandle take_oldest(SmallDeque<UniqueHandle>& handles) {
  if (handles.empty()) return {};
  auto handle = std::move(handles.front());
  handles.pop_front();
  return handle;
}

// Where a channel is, so that another one can go on there. Descriptors are the channel's own.
struct ChannelState {
  struct Queued {
    std::string bytes;
    UniqueHandle::Native handle = UniqueHandle::kNone;
  };
  UniqueHandle::Native socket = UniqueHandle::kNone;
  std::string received;                       // the beginning of a message
  std::vector<UniqueHandle::Native> handles;  // came, and were not taken
  std::vector<Queued> queued;
};

// Thread: the executor's only.
class HostChannel {
 public:
  static constexpr std::size_t kMaxQueued = 1024 * 1024;

  // Takes a connected, non-blocking socket.
  static Result<std::shared_ptr<HostChannel>> open(boost::asio::any_io_executor executor, UniqueHandle socket);
  // Goes on at `state`, whose descriptors are owned from now on. Errors: unimplemented where state() gives nothing.
  static Result<std::shared_ptr<HostChannel>> resume(boost::asio::any_io_executor executor, ChannelState state);
  virtual ~HostChannel() = default;

  // Sends a message of `body` and `more`, at once or from the queue; `handle` goes with it. Errors: unavailable
  // when the connection is broken or more than kMaxQueued bytes wait.
  virtual Result<void> send(host::MessageType type, std::span<const std::byte> body,
                            std::span<const std::byte> more = {}, UniqueHandle handle = {}) = 0;

  // Sends what is queued, until shut_down() or until the connection breaks.
  virtual boost::asio::awaitable<void> write_queue() = 0;

  // The next message. Errors are final: unavailable (the connection is gone), malformed.
  virtual boost::asio::awaitable<Result<HostMessage>> receive() = 0;

  // The oldest descriptor that came with a message and was not taken; none when there is none.
  virtual UniqueHandle take_handle() = 0;

  // Nothing: another program in this process can't go on with it (Windows).
  virtual std::optional<ChannelState> state() = 0;

  // Ends the connection: receive() and write_queue() come back.
  virtual void shut_down() noexcept = 0;

 protected:
  // That came and were not taken: nobody asked for more.
  static constexpr std::size_t kMaxHandlesHeld = 8;

  static Error gone(const std::string& why);
  static Error broken(const std::string& why);
  // Takes the first message out of `received`; none when it has not come whole. Errors: malformed.
  static Result<std::optional<HostMessage>> take_message(std::string& received);
};

}  // namespace ptyd
