// Counts the pipes that a call of ours may still be under way on. Windows only.
#pragma once

#include <atomic>

namespace ptyd {

// Part of each object whose memory the system may still write into. There must be none when the loop is destroyed.
class LivePipe {
 public:
  LivePipe() noexcept { ++count_; }
  LivePipe(const LivePipe&) = delete;
  LivePipe& operator=(const LivePipe&) = delete;
  ~LivePipe() { --count_; }
  static int count() noexcept { return count_; }

 private:
  static inline std::atomic<int> count_{0};
};

}  // namespace ptyd
