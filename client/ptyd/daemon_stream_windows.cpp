#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/windows/stream_handle.hpp>

#include "client/ptyd/daemon_stream.hpp"
#include "common/handle_windows.hpp"
#include "common/in_turn.hpp"
#include "common/small_write_windows.hpp"

namespace ptyd {

namespace asio = boost::asio;

namespace {

// The system keeps what a write under way has, so it gets no more than this at once.
constexpr std::size_t kMaxWrite = 64 * 1024;

}  // namespace

struct DaemonStream::Impl {
  explicit Impl(asio::any_io_executor executor) : pipe(executor), small(executor) {}
  asio::windows::stream_handle pipe;
  std::array<char, SmallWrite::kMost> buffer;
  SmallWrite small;  // of `buffer`
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
  const auto read = [&pipe = impl_->pipe, into](auto handler) {
    pipe.async_read_some(asio::buffer(into.data(), into.size()), std::move(handler));
  };
  const auto done = co_await in_turn(impl_->pipe.get_executor(), read);
  co_return done.error ? 0 : done.size;
}

asio::awaitable<std::size_t> DaemonStream::write_some(std::string_view bytes) {
  const auto write = [&pipe = impl_->pipe, bytes](auto handler) {
    pipe.async_write_some(asio::buffer(bytes.data(), std::min(bytes.size(), kMaxWrite)), std::move(handler));
  };
  const auto done = co_await in_turn(impl_->pipe.get_executor(), write);
  co_return done.error ? 0 : done.size;
}

// A write that does not end at once can't be taken back either: the bytes are ours then. The system keeps the order.
std::size_t DaemonStream::write_now(std::string_view bytes) {
  auto& impl = *impl_;
  if (impl.small.pending() || bytes.size() > impl.buffer.size() || !impl.pipe.is_open()) return 0;
  bytes.copy(impl.buffer.data(), bytes.size());
  const auto error = impl.small.begin(impl.pipe.native_handle(), {impl.buffer.data(), bytes.size()});
  return error.value_or(0) == 0 ? bytes.size() : 0;
}

// Pipes have no half that could be closed: the daemon learns of the end by shut_down() only.
bool DaemonStream::finish_writing() { return false; }

void DaemonStream::shut_down() {
  impl_->small.cancel();
  boost::system::error_code ignored;  // it may be gone already
  impl_->pipe.close(ignored);
}

}  // namespace ptyd
