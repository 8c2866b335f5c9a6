#include "daemon/host/output_ring.hpp"

#include <algorithm>
#include <new>

namespace ptyd::host {

void OutputRing::create(void* memory, std::uint64_t capacity) noexcept {
  header_ = new (memory) RingHeader{};
  data_ = static_cast<std::byte*>(memory) + kDataOffset;
  capacity_ = capacity;
  head_ = 0;
  header_->magic = kRingMagic;
  header_->version = kProtocolVersion;
  header_->data_offset = kDataOffset;
  header_->capacity = capacity;
  // Until a daemon says otherwise nothing is overwritten.
  header_->floor.store(0);
}

bool OutputRing::adopt(void* memory, std::size_t bytes) noexcept {
  header_ = static_cast<RingHeader*>(memory);
  data_ = static_cast<std::byte*>(memory) + kDataOffset;
  capacity_ = header_->capacity;
  head_ = header_->head.load();
  return header_->magic == kRingMagic && header_->version == kProtocolVersion && header_->data_offset == kDataOffset &&
         capacity_ >= kMinRing && capacity_ <= bytes - kDataOffset && (capacity_ & (capacity_ - 1)) == 0;
}

void OutputRing::restore_head(std::uint64_t head) noexcept {
  head_ = head;
  commit(0);
  set_burst(false);
  stop_waiting();
}

// The offset that `reserve` may not exceed.
std::uint64_t OutputRing::limit() const noexcept {
  const std::uint64_t floor = header_->floor.load();
  return floor > kNoFloor - capacity_ ? kNoFloor : floor + capacity_;
}

OutputRing::Room OutputRing::reserve(std::size_t want, bool ignore_floor) noexcept {
  std::uint64_t bytes = std::min<std::uint64_t>(want, capacity_ / 4);
  // Never above a floor that stands: a host that is killed here would leave what looks as if output were gone.
  if (const std::uint64_t end = limit(); !ignore_floor) bytes = std::min(bytes, end - std::min(end, head_));
  header_->reserve.store(head_ + bytes);
  if (!ignore_floor) {
    const std::uint64_t end = limit();
    if (end < head_ + bytes) {
      bytes = end > head_ ? end - head_ : 0;
      header_->reserve.store(head_ + bytes);
    }
  }
  const std::uint64_t at = head_ & (capacity_ - 1);
  const std::uint64_t first = std::min(bytes, capacity_ - at);
  return {data_ + at, static_cast<std::size_t>(first), data_, static_cast<std::size_t>(bytes - first)};
}

void OutputRing::commit(std::size_t bytes) noexcept {
  head_ += bytes;
  header_->head.store(head_);
  header_->reserve.store(head_);
}

bool OutputRing::wait_at_floor() noexcept {
  header_->waiting_at_floor.store(1);
  if (limit() <= head_) return true;
  header_->waiting_at_floor.store(0);
  return false;
}

void OutputRing::stop_waiting() noexcept { header_->waiting_at_floor.store(0); }

void OutputRing::set_burst(bool on) noexcept { header_->burst.store(on ? 1 : 0); }

bool OutputRing::take_output_wake() noexcept {
  return header_->output_armed.load() != 0 && header_->output_armed.exchange(0) != 0;
}

bool OutputRing::take_input_wake() noexcept {
  return header_->input_armed.load() != 0 && header_->input_armed.exchange(0) != 0;
}

}  // namespace ptyd::host
