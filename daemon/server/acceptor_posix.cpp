#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <chrono>
#include <filesystem>

#include "common/error.hpp"
#include "common/escape.hpp"
#include "daemon/server/acceptor.hpp"
#include "daemon/server/client_stream_posix.hpp"

namespace ptyd {

namespace asio = boost::asio;

namespace {

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::milliseconds kPause{100};

UniqueHandle open_spare() { return UniqueHandle(::open("/dev/null", O_RDONLY | O_CLOEXEC)); }

}  // namespace

struct Acceptor::Impl {
  explicit Impl(asio::any_io_executor executor) : acceptor(executor), timer(executor), spare(open_spare()) {}
  asio::local::stream_protocol::acceptor acceptor;
  asio::steady_timer timer;
  UniqueHandle spare;  // given up to send a client away when there are no descriptors left

  void send_one_away() {
    spare.reset();
    const UniqueHandle client(::accept(acceptor.native_handle(), nullptr, nullptr));
    spare = open_spare();
  }
};

Acceptor::Acceptor(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Acceptor::~Acceptor() = default;

Result<std::unique_ptr<Acceptor>> Acceptor::adopt(asio::any_io_executor executor, UniqueHandle listener) {
  auto impl = std::make_unique<Impl>(executor);
  boost::system::error_code error;
  impl->acceptor.assign(asio::local::stream_protocol(), listener.fd(), error);
  if (!error) {
    static_cast<void>(listener.release());
    impl->acceptor.non_blocking(true, error);
  }
  if (error) return os_error("watch the listening socket", error.value());
  return std::unique_ptr<Acceptor>(new Acceptor(std::move(impl)));
}

asio::awaitable<std::unique_ptr<ClientStream>> Acceptor::accept() {
  while (impl_->acceptor.is_open()) {
    const auto [error] = co_await impl_->acceptor.async_wait(asio::socket_base::wait_read, kTuple);
    if (error) break;
    UniqueHandle client(::accept(impl_->acceptor.native_handle(), nullptr, nullptr));
    const int number = client ? 0 : errno;
    if (client) {
      auto stream = adopt_client(impl_->acceptor.get_executor(), std::move(client));
      if (stream) co_return std::move(*stream);
      spdlog::warn("a client was not served: {}", escape_text(stream.error().message));
      continue;
    }
    if (number == ECONNABORTED || number == EINTR || number == EAGAIN || number == EWOULDBLOCK) continue;
    spdlog::warn("a client could not be accepted: {}", os_message(number));
    if (number == EMFILE || number == ENFILE) impl_->send_one_away();
    impl_->timer.expires_after(kPause);
    const auto [woken] = co_await impl_->timer.async_wait(kTuple);
    if (woken) break;
  }
  co_return nullptr;
}

UniqueHandle::Native Acceptor::native() const noexcept { return impl_->acceptor.native_handle(); }

bool Acceptor::can_be_found(const std::string& socket) {
  std::error_code ignored;
  return std::filesystem::exists(socket, ignored);
}

void Acceptor::close() {
  boost::system::error_code ignored;
  impl_->acceptor.close(ignored);
  impl_->timer.cancel();
}

}  // namespace ptyd
