// A message on its way in: its header, then its body.
#pragma once

#include <cstddef>

#include "daemon/host/wire.hpp"

namespace ptyd::host {

class MessageBuffer {
 public:
  // Bytes that are still missing of the header, or then of the body: what may be read next, at end().
  std::size_t missing() const noexcept;
  std::byte* end() noexcept;
  // How much may be read there where messages behind this one may come with it: missing(), or some more.
  std::size_t room() const noexcept;
  // `bytes`, of room() at most, were read. False as proper().
  bool add(std::size_t bytes) noexcept;
  // False: the header breaks the rules of MessageHeader, and there will be no message.
  bool proper() const noexcept;
  // There is a message.
  bool whole() const noexcept { return missing() == 0; }
  // Done with the message: what was read behind it is the next one's.
  void next() noexcept;
  void clear() noexcept { bytes_ = 0; }

  const MessageHeader& header() const noexcept { return message_.header; }
  const std::byte* body() const noexcept { return message_.body; }

 private:
  std::byte* start() noexcept { return reinterpret_cast<std::byte*>(&message_); }

  std::size_t bytes_ = 0;
  struct {
    MessageHeader header;
    std::byte body[kMaxMessage];
  } message_;
};

}  // namespace ptyd::host
