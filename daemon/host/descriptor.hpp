// Move-only owner of one file descriptor, on Windows of one HANDLE.
#pragma once

#include <cstdint>

namespace ptyd::host {

class Descriptor {
 public:
  // -1 is "none" on all systems.
  using Native = std::intptr_t;
  static constexpr Native kNone = -1;

  Descriptor() = default;
  explicit Descriptor(Native native) noexcept : native_(native) {}
  Descriptor(Descriptor&& other) noexcept : native_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    if (this != &other) reset(other.release());
    return *this;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { reset(); }

  explicit operator bool() const noexcept { return native_ != kNone; }
  Native native() const noexcept { return native_; }
  // As POSIX calls want it.
  int fd() const noexcept { return static_cast<int>(native_); }
  Native release() noexcept {
    const Native native = native_;
    native_ = kNone;
    return native;
  }
  void reset(Native native = kNone) noexcept;

 private:
  Native native_ = kNone;
};

}  // namespace ptyd::host
