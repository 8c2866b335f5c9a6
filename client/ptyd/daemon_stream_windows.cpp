#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/windows/stream_handle.hpp>

#include "client/ptyd/daemon_stream.hpp"
#include "common/handle_windows.hpp"

namespace ptyd {

namespace asio = boost::asio;

namespace {

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);

// The system keeps what a write under way has, so it gets no more than this at once.
constexpr std::size_t kMaxWrite = 64 * 1024;

}  // namespace

struct DaemonStream::Impl {
  explicit Impl(asio::any_io_executor executor) : pipe(executor) {}
  asio::windows::stream_handle pipe;
};

DaemonStream::DaemonStream(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
DaemonStream::~DaemonStream() = default;

Result<std::unique_ptr<DaemonStream>> DaemonStream::adopt(asio::any_io_executor executor, UniqueHandle socket) {
  auto impl = std::make_unique<Impl>(executor);
  boost::system::error_code error;
  impl->pipe.assign(handle_of(socket), error);
  if (error) return os_error("watch the daemon's pipe", error.value());
  static_cast<void>(socket.release());
  return std::unique_ptr<DaemonStream>(new DaemonStream(std::move(impl)));
}

asio::awaitable<std::size_t> DaemonStream::read_some(std::span<char> into) {
  const auto buffer = asio::buffer(into.data(), into.size());
  const auto [error, size] = co_await impl_->pipe.async_read_some(buffer, kTuple);
  co_return error ? 0 : size;
}

asio::awaitable<std::size_t> DaemonStream::write_some(std::string_view bytes) {
  const auto buffer = asio::buffer(bytes.data(), std::min(bytes.size(), kMaxWrite));
  const auto [error, size] = co_await impl_->pipe.async_write_some(buffer, kTuple);
  co_return error ? 0 : size;
}

// A write that can't end at once can't be taken back either.
std::size_t DaemonStream::write_now(std::string_view) { return 0; }

// Pipes have no half that could be closed: the daemon learns of the end by shut_down() only.
bool DaemonStream::finish_writing() { return false; }

void DaemonStream::shut_down() {
  boost::system::error_code ignored;  // it may be gone already
  impl_->pipe.close(ignored);
}

}  // namespace ptyd
