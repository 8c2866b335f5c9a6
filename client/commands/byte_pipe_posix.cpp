#include "client/commands/byte_pipe.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>

#include "common/unique_handle.hpp"

namespace ptyd {

namespace asio = boost::asio;

namespace {
constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
}

struct BytePipe::Impl {
  explicit Impl(asio::any_io_executor executor) : stream(executor) {}
  asio::posix::stream_descriptor stream;
  UniqueHandle plain;  // what can't be watched
  int flags = 0;

  static Result<std::unique_ptr<BytePipe>> duplicate(const asio::any_io_executor& executor, int descriptor);
};

BytePipe::BytePipe(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

BytePipe::~BytePipe() { close(); }

void BytePipe::close() {
  impl_->plain.reset();
  if (!impl_->stream.is_open()) return;
  const UniqueHandle descriptor(impl_->stream.release());
  static_cast<void>(::fcntl(descriptor.fd(), F_SETFL, impl_->flags));
}

Result<std::unique_ptr<BytePipe>> BytePipe::Impl::duplicate(const asio::any_io_executor& executor, int descriptor) {
  auto impl = std::make_unique<Impl>(executor);
  UniqueHandle copy(::fcntl(descriptor, F_DUPFD_CLOEXEC, 3));
  if (!copy) return os_error("use a standard stream", errno);
  impl->flags = ::fcntl(copy.fd(), F_GETFL);
  boost::system::error_code error;
  impl->stream.assign(copy.fd(), error);
  if (error)
    impl->plain = std::move(copy);  // epoll(7) refuses regular files and some devices
  else
    static_cast<void>(copy.release());
  return std::unique_ptr<BytePipe>(new BytePipe(std::move(impl)));
}

Result<std::unique_ptr<BytePipe>> BytePipe::standard(asio::any_io_executor executor, StandardEnd end) {
  return Impl::duplicate(executor, end == StandardEnd::in ? STDIN_FILENO : STDOUT_FILENO);
}

Result<std::unique_ptr<BytePipe>> BytePipe::of_terminal(asio::any_io_executor executor, const OuterTerminal& terminal,
                                                        std::function<void()>) {
  return Impl::duplicate(executor, static_cast<int>(terminal.input()));
}

asio::awaitable<std::size_t> BytePipe::read_some(std::span<char> into) {
  if (impl_->plain) {
    const auto size = ::read(impl_->plain.fd(), into.data(), into.size());
    co_return size > 0 ? static_cast<std::size_t>(size) : 0;
  }
  const auto buffer = asio::buffer(into.data(), into.size());
  const auto [error, size] = co_await impl_->stream.async_read_some(buffer, kTuple);
  co_return error ? 0 : size;
}

asio::awaitable<std::size_t> BytePipe::write_some(std::string_view bytes) {
  if (impl_->plain) {
    const auto size = ::write(impl_->plain.fd(), bytes.data(), bytes.size());
    co_return size > 0 ? static_cast<std::size_t>(size) : 0;
  }
  const auto buffer = asio::buffer(bytes.data(), bytes.size());
  const auto [error, size] = co_await impl_->stream.async_write_some(buffer, kTuple);
  co_return error ? 0 : size;
}

}  // namespace ptyd
