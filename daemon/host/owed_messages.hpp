// Messages without body that wait until what is being sent has gone.
#pragma once

#include <cstddef>

#include "daemon/host/wire.hpp"

namespace ptyd::host {

class OwedMessages {
 public:
  static constexpr std::size_t kMax = 3;  // exited, stream_end and wake

  // What waits already is told once. One more than kMax is dropped.
  void add(MessageType type) noexcept {
    for (std::size_t i = 0; i < count_; ++i)
      if (types_[i] == type) return;
    if (count_ < kMax) types_[count_++] = type;
  }
  bool empty() const noexcept { return count_ == 0; }
  // The oldest; not when empty().
  MessageType take() noexcept {
    const MessageType oldest = types_[0];
    --count_;
    for (std::size_t i = 0; i < count_; ++i) types_[i] = types_[i + 1];
    return oldest;
  }
  void clear() noexcept { count_ = 0; }

 private:
  std::size_t count_ = 0;
  MessageType types_[kMax];
};

}  // namespace ptyd::host
