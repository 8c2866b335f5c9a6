#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>

#include "common/watched_descriptor.hpp"
#include "daemon/hostlink/wake_source.hpp"

namespace ptyd {

namespace asio = boost::asio;

namespace {

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);

// An eventfd or a pipe.
class DescriptorWakeSource final : public WakeSource {
 public:
  DescriptorWakeSource(asio::any_io_executor executor, UniqueHandle handle)
      : descriptor_(watched(executor, std::move(handle))) {}

  asio::awaitable<bool> wait() override {
    for (;;) {
      const auto [error] = co_await descriptor_.async_wait(asio::posix::stream_descriptor::wait_read, kTuple);
      if (error || given_up_) co_return false;
      const ssize_t got = ::read(descriptor_.native_handle(), calls_.data(), calls_.size());
      if (got > 0) co_return true;
      if (got == 0 || (errno != EAGAIN && errno != EINTR)) co_return false;
    }
  }

  UniqueHandle::Native native() override { return descriptor_.native_handle(); }

  void give_up() noexcept override {
    given_up_ = true;
    boost::system::error_code ignored;
    descriptor_.cancel(ignored);
  }

 private:
  asio::posix::stream_descriptor descriptor_;
  std::array<char, 512> calls_{};
  bool given_up_ = false;
};

// A plain file or a device is always ready to read: waiting for it would keep the loop busy for ever.
bool can_wake(int fd) {
  struct stat info {};
  if (::fstat(fd, &info) != 0) return false;
  return S_ISFIFO(info.st_mode) || (info.st_mode & S_IFMT) == 0;
}

}  // namespace

Result<std::unique_ptr<WakeSource>> WakeSource::open(asio::any_io_executor executor, UniqueHandle handle) {
  const int flags = can_wake(handle.fd()) ? ::fcntl(handle.fd(), F_GETFL) : -1;
  if (flags < 0 || ::fcntl(handle.fd(), F_SETFL, flags | O_NONBLOCK) != 0)
    return Error{errc::malformed, "the host sent something else than its wake-up descriptor"};
  try {
    return std::unique_ptr<WakeSource>(std::make_unique<DescriptorWakeSource>(executor, std::move(handle)));
  } catch (const boost::system::system_error& e) {
    return os_error("wait for the host", e.code().value());
  }
}

}  // namespace ptyd
