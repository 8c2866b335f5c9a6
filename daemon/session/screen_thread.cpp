#include "daemon/session/screen_thread.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <thread>

#include "common/log_exception.hpp"

namespace ptyd {

namespace asio = boost::asio;

struct ScreenThread::Impl {
  asio::io_context io{1};
  asio::executor_work_guard<asio::io_context::executor_type> work = asio::make_work_guard(io);
  std::thread thread;

  void run() {
    for (;;) {
      try {
        io.run();
        return;
      } catch (...) {
        log_exception("the screens", std::current_exception());
      }
    }
  }
};

ScreenThread::ScreenThread() : impl_(std::make_unique<Impl>()) {
  impl_->thread = std::thread([impl = impl_.get()] { impl->run(); });
}

ScreenThread::~ScreenThread() {
  impl_->io.stop();
  impl_->thread.join();
}

void ScreenThread::post(std::function<void()> job) { asio::post(impl_->io, std::move(job)); }

// The timer is the job's own: nobody else has a part of what ends with this thread.
void ScreenThread::post_after(std::chrono::milliseconds delay, std::function<void()> job) {
  auto timer = std::make_shared<asio::steady_timer>(impl_->io, delay);
  auto& waiting = *timer;
  waiting.async_wait([timer = std::move(timer), job = std::move(job)](const boost::system::error_code& error) {
    if (!error) job();
  });
}

}  // namespace ptyd
