// Messages without body that wait until what is being sent has gone.
#pragma once

#include <cstddef>

#include "daemon/host/wire.hpp"

namespace ptyd::host {

class OwedMessages {
 public:
  static constexpr std::size_t kMax = 2;  // exited and stream_end, once each

  // One more than kMax is dropped.
  void add(MessageType type) noexcept {
    if (count_ < kMax) types_[count_++] = type;
  }
  bool empty() const noexcept { return count_ == 0; }
  // The oldest; not when empty().
  MessageType take() noexcept {
    const MessageType oldest = types_[0];
    types_[0] = types_[1];
    --count_;
    return oldest;
  }
  void clear() noexcept { count_ = 0; }

 private:
  std::size_t count_ = 0;
  MessageType types_[kMax];
};

}  // namespace ptyd::host
