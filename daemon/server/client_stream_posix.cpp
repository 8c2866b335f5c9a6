#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>

#include "daemon/server/client_stream_posix.hpp"

namespace ptyd {

namespace asio = boost::asio;

namespace {

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);

// More pieces than this go out with the next call.
constexpr std::size_t kMaxPieces = 8;

#ifdef MSG_NOSIGNAL
constexpr int kSendFlags = MSG_NOSIGNAL | MSG_DONTWAIT;
#else
constexpr int kSendFlags = MSG_DONTWAIT;  // macOS: SO_NOSIGPIPE is set instead
#endif

}  // namespace

struct ClientStream::Impl {
  explicit Impl(asio::any_io_executor executor) : socket(executor) {}
  asio::local::stream_protocol::socket socket;
};

ClientStream::ClientStream(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ClientStream::~ClientStream() = default;

Result<std::unique_ptr<ClientStream>> adopt_client(asio::any_io_executor executor, UniqueHandle socket) {
  auto impl = std::make_unique<ClientStream::Impl>(executor);
  boost::system::error_code error;
  static_cast<void>(::fcntl(socket.fd(), F_SETFD, FD_CLOEXEC));
#ifdef SO_NOSIGPIPE
  constexpr int kOn = 1;
  static_cast<void>(::setsockopt(socket.fd(), SOL_SOCKET, SO_NOSIGPIPE, &kOn, sizeof kOn));
#endif
  impl->socket.assign(asio::local::stream_protocol(), socket.fd(), error);
  if (!error) {
    static_cast<void>(socket.release());
    impl->socket.non_blocking(true, error);
  }
  if (error) return os_error("watch a client's socket", error.value());
  return std::make_unique<ClientStream>(std::move(impl));
}

asio::awaitable<std::size_t> ClientStream::read_some(std::span<char> into) {
  for (;;) {
    const auto [error] = co_await impl_->socket.async_wait(asio::socket_base::wait_read, kTuple);
    if (error) co_return 0;
    const auto size = ::recv(impl_->socket.native_handle(), into.data(), into.size(), MSG_DONTWAIT);
    if (size >= 0) co_return static_cast<std::size_t>(size);
    if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR && errno != ENOMEM && errno != ENOBUFS) co_return 0;
  }
}

Result<std::unique_ptr<ClientStream>> ClientStream::resume(asio::any_io_executor executor, UniqueHandle socket) {
  return adopt_client(executor, std::move(socket));
}

Result<std::size_t> ClientStream::send_some(std::span<const std::string_view> pieces) {
  std::array<iovec, kMaxPieces> vectors{};
  const auto count = std::min(pieces.size(), vectors.size());
  for (std::size_t i = 0; i < count; ++i)
    vectors[i] = {const_cast<char*>(pieces[i].data()), pieces[i].size()};  // NOLINT: sendmsg() only reads
  msghdr message{};
  message.msg_iov = vectors.data();
  message.msg_iovlen = count;
  for (;;) {
    const auto sent = ::sendmsg(impl_->socket.native_handle(), &message, kSendFlags);
    if (sent >= 0) return static_cast<std::size_t>(sent);
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS) return std::size_t{0};
    if (errno != EINTR) return os_error("send to a client", errno);
  }
}

bool ClientStream::all_taken() const noexcept { return true; }

asio::awaitable<void> ClientStream::wait_writable() {
  const auto [error] = co_await impl_->socket.async_wait(asio::socket_base::wait_write, kTuple);
  static_cast<void>(error);
}

void ClientStream::shut_down() {
  boost::system::error_code ignored;  // it may be gone already
  impl_->socket.shutdown(asio::socket_base::shutdown_both, ignored);
}

bool ClientStream::peer_gone() const {
  pollfd watched{impl_->socket.native_handle(), 0, 0};
  return ::poll(&watched, 1, 0) == 1 && (watched.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0;
}

UniqueHandle::Native ClientStream::native() const noexcept { return impl_->socket.native_handle(); }

Result<PeerIdentity> ClientStream::peer() const { return peer_identity(impl_->socket.native_handle()); }

}  // namespace ptyd
