#include <fcntl.h>
#include <sys/socket.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>

#include "client/ptyd/daemon_stream.hpp"

namespace ptyd {

namespace asio = boost::asio;

namespace {
constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
}

struct DaemonStream::Impl {
  explicit Impl(asio::any_io_executor executor) : socket(executor) {}
  asio::local::stream_protocol::socket socket;
};

DaemonStream::DaemonStream(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
DaemonStream::~DaemonStream() = default;

Result<std::unique_ptr<DaemonStream>> DaemonStream::adopt(asio::any_io_executor executor, UniqueHandle socket) {
  auto impl = std::make_unique<Impl>(executor);
  static_cast<void>(::fcntl(socket.fd(), F_SETFD, FD_CLOEXEC));
#ifdef SO_NOSIGPIPE
  constexpr int kOn = 1;  // macOS and FreeBSD have no MSG_NOSIGNAL that covers every write
  static_cast<void>(::setsockopt(socket.fd(), SOL_SOCKET, SO_NOSIGPIPE, &kOn, sizeof kOn));
#endif
  boost::system::error_code error;
  impl->socket.assign(asio::local::stream_protocol(), socket.fd(), error);
  if (error) return os_error("watch the daemon's socket", error.value());
  static_cast<void>(socket.release());
  return std::unique_ptr<DaemonStream>(new DaemonStream(std::move(impl)));
}

asio::awaitable<std::size_t> DaemonStream::read_some(std::span<char> into) {
  const auto buffer = asio::buffer(into.data(), into.size());
  const auto [error, size] = co_await impl_->socket.async_read_some(buffer, kTuple);
  co_return error ? 0 : size;
}

asio::awaitable<std::size_t> DaemonStream::write_some(std::string_view bytes) {
  const auto buffer = asio::buffer(bytes.data(), bytes.size());
  const auto [error, size] = co_await impl_->socket.async_write_some(buffer, kTuple);
  co_return error ? 0 : size;
}

std::size_t DaemonStream::write_now(std::string_view bytes) {
#ifdef MSG_NOSIGNAL
  constexpr int kFlags = MSG_DONTWAIT | MSG_NOSIGNAL;
#else
  constexpr int kFlags = MSG_DONTWAIT;
#endif
  const auto size = ::send(impl_->socket.native_handle(), bytes.data(), bytes.size(), kFlags);
  return size > 0 ? static_cast<std::size_t>(size) : 0;
}

bool DaemonStream::finish_writing() {
  boost::system::error_code ignored;  // it may be gone already
  impl_->socket.shutdown(asio::socket_base::shutdown_send, ignored);
  return true;
}

void DaemonStream::shut_down() {
  boost::system::error_code ignored;  // it may be gone already
  impl_->socket.shutdown(asio::socket_base::shutdown_both, ignored);
  impl_->socket.cancel(ignored);
}

}  // namespace ptyd
