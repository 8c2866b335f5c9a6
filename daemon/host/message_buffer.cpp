#include "daemon/host/message_buffer.hpp"

#include <algorithm>
#include <cstring>

namespace ptyd::host {

namespace {

constexpr std::size_t kHeaderBytes = sizeof(MessageHeader);

// A system may keep as much memory as a read asks for, as long as it waits.
constexpr std::size_t kReadAhead = 4096;

}  // namespace

std::size_t MessageBuffer::missing() const noexcept {
  const std::size_t whole = bytes_ < kHeaderBytes ? kHeaderBytes : kHeaderBytes + message_.header.size;
  return whole - std::min(whole, bytes_);
}

std::byte* MessageBuffer::end() noexcept { return start() + bytes_; }

std::size_t MessageBuffer::room() const noexcept {
  return std::max(missing(), std::min(kReadAhead, sizeof message_ - bytes_));
}

bool MessageBuffer::add(std::size_t bytes) noexcept {
  bytes_ += bytes;
  return proper();
}

bool MessageBuffer::proper() const noexcept {
  return bytes_ < kHeaderBytes || (message_.header.size <= kMaxMessage && message_.header.zero == 0);
}

void MessageBuffer::next() noexcept {
  const std::size_t whole = kHeaderBytes + message_.header.size;
  bytes_ -= std::min(whole, bytes_);
  if (bytes_ > 0) std::memmove(start(), start() + whole, bytes_);
}

}  // namespace ptyd::host
