// The thread that keeps the sessions' screens.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

namespace ptyd {

// Runs jobs one after the other. Owned by the daemon, which outlives every session. Jobs must not throw; a job that
// runs out of memory catches it. Jobs that are left when it is destroyed are dropped.
class ScreenThread {
 public:
  ScreenThread();
  ScreenThread(const ScreenThread&) = delete;
  ScreenThread& operator=(const ScreenThread&) = delete;
  ~ScreenThread();

  // Thread: any.
  void post(std::function<void()> job);
  void post_after(std::chrono::milliseconds delay, std::function<void()> job);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ptyd
