// A thread for calls of the system that wait and can't be awaited. Windows only.
#pragma once

#include <windows.h>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "common/unique_handle.hpp"

namespace ptyd {

// Makes one call after the other. The owner keeps what a call uses until stop() has returned.
class BlockingThread {
 public:
  BlockingThread();
  BlockingThread(const BlockingThread&) = delete;
  BlockingThread& operator=(const BlockingThread&) = delete;
  ~BlockingThread() { stop(); }

  // `call` runs on the thread when the one before is done; at most one may wait for its turn.
  void run(std::function<void()> call);
  // Set by stop(): for a call that waits for several things.
  HANDLE stopping() const noexcept;
  // Breaks off a read or write that is under way, and waits for the end of the thread. A call that waits for its turn
  // is not made. Harmless when called twice.
  void stop() noexcept;

 private:
  void work();

  UniqueHandle stopping_;
  UniqueHandle started_;
  UniqueHandle self_;  // the thread, for CancelSynchronousIo()
  std::mutex mutex_;
  std::condition_variable changed_;
  std::function<void()> next_;
  bool stopped_ = false;
  std::thread thread_;
};

}  // namespace ptyd
