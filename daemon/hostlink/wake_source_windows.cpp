#include <boost/asio/windows/object_handle.hpp>

#include "common/async_event.hpp"
#include "common/handle_windows.hpp"
#include "daemon/hostlink/wake_source.hpp"

namespace ptyd {

namespace asio = boost::asio;

namespace {

// The event, and what the system's wait for it still uses when the source is gone.
struct Watched {
  Watched(asio::any_io_executor executor, HANDLE taken) : event(executor, taken), called(executor) {}
  asio::windows::object_handle event;
  AsyncEvent called;
  bool waiting = false;
  bool broken = false;
};

void watch(const std::shared_ptr<Watched>& watched) {
  watched->waiting = true;
  watched->event.async_wait([watched](const boost::system::error_code& error) {
    watched->waiting = false;
    watched->broken = watched->broken || error;
    // Whoever waits looks after this: a call that is taken back here is told with the one before it. An event that
    // does not end by itself would keep the loop busy for ever.
    if (!error) ::ResetEvent(watched->event.native_handle());
    watched->called.notify();
  });
}

class EventWakeSource final : public WakeSource {
 public:
  EventWakeSource(asio::any_io_executor executor, HANDLE event)
      : watched_(std::make_shared<Watched>(executor, event)) {}

  ~EventWakeSource() override {
    boost::system::error_code ignored;
    watched_->event.close(ignored);
  }

  // The wait itself can't be cancelled alone: it goes on until the next call.
  asio::awaitable<bool> wait() override {
    const auto watched = watched_;
    if (!watched->waiting && !watched->broken) watch(watched);
    co_await watched->called.wait();
    co_return !watched->broken;
  }

  UniqueHandle::Native native() override {
    return reinterpret_cast<UniqueHandle::Native>(watched_->event.native_handle());
  }

 private:
  std::shared_ptr<Watched> watched_;
};

}  // namespace

Result<std::unique_ptr<WakeSource>> WakeSource::open(asio::any_io_executor executor, UniqueHandle handle) {
  // Only events can be set. A call too many does no harm.
  if (::SetEvent(handle_of(handle)) == 0)
    return Error{errc::malformed, "the host sent something else than its wake-up event"};
  try {
    auto source = std::make_unique<EventWakeSource>(executor, handle_of(handle));
    static_cast<void>(handle.release());
    return std::unique_ptr<WakeSource>(std::move(source));
  } catch (const boost::system::system_error& e) {
    return os_error("wait for the host", e.code().value());
  }
}

}  // namespace ptyd
