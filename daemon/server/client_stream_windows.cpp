#include <windows.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

#include "common/async_event.hpp"
#include "common/in_turn.hpp"
#include "common/small_write_windows.hpp"
#include "daemon/server/client_stream_windows.hpp"
#include "daemon/server/live_pipe_windows.hpp"

namespace ptyd {

namespace asio = boost::asio;

namespace {

// A frame of output with its prefix fits, so that it goes out by one call.
constexpr std::size_t kBufferBytes = 64 * 1024 + 1024;

// The pipe with what the system may still use when the stream is gone: calls under way share it.
struct Pipe {
  explicit Pipe(asio::windows::stream_handle taken)
      : handle(std::move(taken)), written(handle.get_executor()), small(handle.get_executor()) {}

  LivePipe live;
  asio::windows::stream_handle handle;
  AsyncEvent written;  // the write has ended
  std::array<char, kBufferBytes> buffer;
  bool writing = false;  // the system has `buffer`
  bool broken = false;
  SmallWrite small;
};

void end_write(Pipe& pipe, bool failed) {
  pipe.writing = false;
  pipe.broken = pipe.broken || failed;
  pipe.written.notify_in_handler();
}

void begin_small_write(const std::shared_ptr<Pipe>& pipe, std::size_t size) {
  const auto error = pipe->small.begin(pipe->handle.native_handle(), {pipe->buffer.data(), size});
  if (error) {
    pipe->broken = pipe->broken || *error != 0;
    return;
  }
  pipe->writing = true;
  pipe->small.when_ended([pipe](int failed) { end_write(*pipe, failed != 0); });
}

void begin_write(const std::shared_ptr<Pipe>& pipe, std::size_t size) {
  if (size <= SmallWrite::kMost) return begin_small_write(pipe, size);
  pipe->writing = true;
  asio::async_write(pipe->handle, asio::buffer(pipe->buffer, size),
                    [pipe](const boost::system::error_code& error, std::size_t) { end_write(*pipe, !!error); });
}

}  // namespace

struct ClientStream::Impl {
  std::shared_ptr<Pipe> pipe;
};

ClientStream::ClientStream(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ClientStream::~ClientStream() { shut_down(); }

std::unique_ptr<ClientStream> adopt_client(asio::windows::stream_handle pipe) {
  auto impl = std::make_unique<ClientStream::Impl>();
  impl->pipe = std::make_shared<Pipe>(std::move(pipe));
  return std::make_unique<ClientStream>(std::move(impl));
}

asio::awaitable<std::size_t> ClientStream::read_some(std::span<char> into) {
  const auto pipe = impl_->pipe;
  const auto read = [&handle = pipe->handle, into](auto handler) {
    handle.async_read_some(asio::buffer(into.data(), into.size()), std::move(handler));
  };
  const auto done = co_await in_turn(pipe->handle.get_executor(), read);
  co_return done.error ? 0 : done.size;
}

Result<std::size_t> ClientStream::send_some(std::span<const std::string_view> pieces) {
  auto& pipe = *impl_->pipe;
  if (pipe.broken || !pipe.handle.is_open()) return os_error("send to a client", ERROR_BROKEN_PIPE);
  if (pipe.writing) return std::size_t{0};
  std::size_t size = 0;
  for (const auto piece : pieces) size += piece.copy(pipe.buffer.data() + size, pipe.buffer.size() - size);
  if (size > 0) begin_write(impl_->pipe, size);
  return size;
}

bool ClientStream::all_taken() const noexcept { return !impl_->pipe->writing; }

asio::awaitable<void> ClientStream::wait_writable() {
  const auto pipe = impl_->pipe;
  while (pipe->writing) co_await pipe->written.wait();
}

// What the system has taken the peer can still read.
void ClientStream::shut_down() {
  impl_->pipe->small.cancel();
  boost::system::error_code ignored;  // it may be gone already
  impl_->pipe->handle.close(ignored);
}

bool ClientStream::peer_gone() const {
  auto& handle = impl_->pipe->handle;
  return !handle.is_open() || ::PeekNamedPipe(handle.native_handle(), nullptr, 0, nullptr, nullptr, nullptr) == 0;
}

UniqueHandle::Native ClientStream::native() const noexcept {
  return reinterpret_cast<UniqueHandle::Native>(impl_->pipe->handle.native_handle());
}

Result<std::unique_ptr<ClientStream>> ClientStream::resume(asio::any_io_executor, UniqueHandle) {
  return Error{errc::unimplemented, "a client's pipe can't be handed to another program"};
}

Result<PeerIdentity> ClientStream::peer() const {
  auto& handle = impl_->pipe->handle;
  return peer_identity(reinterpret_cast<UniqueHandle::Native>(handle.native_handle()));
}

}  // namespace ptyd
