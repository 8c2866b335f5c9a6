// A message on its way in: its header, then its body, and nothing beyond.
#pragma once

#include <cstddef>

#include "daemon/host/wire.hpp"

namespace ptyd::host {

class MessageBuffer {
 public:
  // Bytes that are still missing of the header, or then of the body: what may be read next, at end().
  std::size_t missing() const noexcept;
  std::byte* end() noexcept;
  // `bytes`, of missing() at most, were read. False: the header breaks the rules of MessageHeader.
  bool add(std::size_t bytes) noexcept;
  // There is a message.
  bool whole() const noexcept { return missing() == 0; }
  void clear() noexcept { bytes_ = 0; }

  const MessageHeader& header() const noexcept { return message_.header; }
  const std::byte* body() const noexcept { return message_.body; }

 private:
  std::size_t bytes_ = 0;
  struct {
    MessageHeader header;
    std::byte body[kMaxMessage];
  } message_;
};

}  // namespace ptyd::host
