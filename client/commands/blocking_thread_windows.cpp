#include "client/commands/blocking_thread_windows.hpp"

#include <utility>

#include "common/handle_windows.hpp"

namespace ptyd {

namespace {

// A call that was about to wait when it was cancelled does wait: it is cancelled again.
constexpr DWORD kCancelAgainMs = 10;

}  // namespace

BlockingThread::BlockingThread()
    : stopping_(own_handle(::CreateEventW(nullptr, TRUE, FALSE, nullptr))),
      started_(own_handle(::CreateEventW(nullptr, TRUE, FALSE, nullptr))),
      thread_([this] { work(); }) {
  ::WaitForSingleObject(handle_of(started_), INFINITE);
}

HANDLE BlockingThread::stopping() const noexcept { return handle_of(stopping_); }

void BlockingThread::run(std::function<void()> call) {
  {
    const std::lock_guard lock(mutex_);
    if (stopped_) return;
    next_ = std::move(call);
  }
  changed_.notify_one();
}

void BlockingThread::work() {
  HANDLE self = nullptr;
  ::DuplicateHandle(::GetCurrentProcess(), ::GetCurrentThread(), ::GetCurrentProcess(), &self, 0, FALSE,
                    DUPLICATE_SAME_ACCESS);
  self_ = own_handle(self);
  ::SetEvent(handle_of(started_));
  for (;;) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return stopped_ || next_; });
    if (stopped_) return;
    const auto call = std::exchange(next_, nullptr);
    lock.unlock();
    call();
  }
}

void BlockingThread::stop() noexcept {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_one();
  ::SetEvent(handle_of(stopping_));
  while (::WaitForSingleObject(handle_of(self_), kCancelAgainMs) == WAIT_TIMEOUT)
    ::CancelSynchronousIo(handle_of(self_));
  thread_.join();
}

}  // namespace ptyd
