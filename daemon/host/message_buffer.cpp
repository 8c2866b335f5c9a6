#include "daemon/host/message_buffer.hpp"

namespace ptyd::host {

namespace {

constexpr std::size_t kHeaderBytes = sizeof(MessageHeader);

}  // namespace

std::size_t MessageBuffer::missing() const noexcept {
  return bytes_ < kHeaderBytes ? kHeaderBytes - bytes_ : kHeaderBytes + message_.header.size - bytes_;
}

std::byte* MessageBuffer::end() noexcept {
  return bytes_ < kHeaderBytes ? reinterpret_cast<std::byte*>(&message_.header) + bytes_
                               : message_.body + (bytes_ - kHeaderBytes);
}

bool MessageBuffer::add(std::size_t bytes) noexcept {
  bytes_ += bytes;
  return bytes_ < kHeaderBytes || (message_.header.size <= kMaxMessage && message_.header.zero == 0);
}

}  // namespace ptyd::host
