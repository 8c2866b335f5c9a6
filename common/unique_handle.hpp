// Move-only owner of one file descriptor or HANDLE, closed when it goes out of scope.
#pragma once

#include <cstdint>
#include <utility>

namespace ptyd {

class UniqueHandle {
 public:
  // A descriptor on Unix, a HANDLE on Windows; -1 is "none" on both.
  using Native = std::intptr_t;
  static constexpr Native kNone = -1;

  UniqueHandle() = default;
  explicit UniqueHandle(Native native) noexcept : native_(native) {}
  UniqueHandle(UniqueHandle&& other) noexcept : native_(other.release()) {}
  UniqueHandle& operator=(UniqueHandle&& other) noexcept {
    if (this != &other) reset(other.release());
    return *this;
  }
  UniqueHandle(const UniqueHandle&) = delete;
  UniqueHandle& operator=(const UniqueHandle&) = delete;
  ~UniqueHandle() { reset(); }

  explicit operator bool() const noexcept { return native_ != kNone; }
  Native native() const noexcept { return native_; }
  // The descriptor as POSIX calls want it.
  int fd() const noexcept { return static_cast<int>(native_); }
  // Gives up ownership.
  Native release() noexcept { return std::exchange(native_, kNone); }
  // Closes what it holds and takes `native`.
  void reset(Native native = kNone) noexcept;

 private:
  Native native_ = kNone;
};

}  // namespace ptyd
